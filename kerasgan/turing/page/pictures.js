// Pictures on canvases, magnified by whole numbers and not smoothed.

// How many CSS pixels a pixel takes where `across` pictures stand side by side.
export function fittingMagnification(study, across) {
  const width = (Math.min(innerWidth, 672) - 32) / across - 24;
  const height = innerHeight * 0.55;
  const fitting = Math.min(width / study.width, height / study.height);
  return Math.max(1, Math.min(study.magnification, Math.floor(fitting)));
}

function canvas(study, magnification) {
  const element = document.createElement("canvas");
  element.width = study.width;
  element.height = study.height;
  element.style.width = `${study.width * magnification}px`;
  element.style.height = `${study.height * magnification}px`;
  return element;
}

// Of red, green and blue, a byte each, row by row.
export function drawn(study, magnification, pixels) {
  const element = canvas(study, magnification);
  const context = element.getContext("2d");
  const image = context.createImageData(study.width, study.height);
  for (let i = 0, j = 0; j < pixels.length; i += 4, j += 3) {
    image.data.set(pixels.subarray(j, j + 3), i);
    image.data[i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return element;
}

// Noise that leaves nothing of a picture in the eye.
export function mask(study, magnification) {
  const pixels = new Uint8Array(3 * study.width * study.height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 256 * Math.random();
  return drawn(study, magnification, pixels);
}

// The pictures that were sent together.
export function cut(study, pixels) {
  const length = 3 * study.width * study.height;
  const pictures = [];
  for (let i = 0; i < pixels.length; i += length) {
    pictures.push(pixels.subarray(i, i + length));
  }
  return pictures;
}
