"""Four crops of every picture, as LAPGAN's authors train on CIFAR-10."""

import numpy as np


class CornerCrops:
    """A source whose every picture stands for its four corners.

    Picture i is the corner `i % 4` (top left, top right, bottom left, bottom
    right) of picture `i // 4` of the other source.

    Reference: [Denton et al., 2015](https://arxiv.org/abs/1506.05751),
    section 4.

    Args:
        source: A `TFDSSource` or `FolderSource`.
        size: `(height, width)` of the crops.

    Raises:
        ValueError: If the pictures are smaller.
    """

    def __init__(self, source, size):
        height, width, channels = source.image_shape
        if None in (height, width) or size[0] > height or size[1] > width:
            raise ValueError(
                "`corner_crops` must be at most the size of the images, which "
                f"must be of one size. Received: corner_crops={size}, images "
                f"of {source.image_shape}. Pass a smaller size, or an "
                "`image_size`."
            )
        self.name = source.name
        self.class_names = source.class_names
        self.num_images = 4 * source.num_images
        self.image_shape = (*size, channels)
        self._source = source

    def decode(self):
        """Returns uint8 images and int32 labels, None where there are none."""
        images, labels = self._source.decode()
        height, width, _ = self.image_shape
        rows, columns = slice(height), slice(width)
        last_rows, last_columns = slice(-height, None), slice(-width, None)
        corners = [
            images[:, rows, columns],
            images[:, rows, last_columns],
            images[:, last_rows, columns],
            images[:, last_rows, last_columns],
        ]
        crops = np.stack(corners, axis=1).reshape(-1, *self.image_shape)
        return crops, None if labels is None else np.repeat(labels, 4)
