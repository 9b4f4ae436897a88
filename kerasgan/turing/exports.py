"""The tables of a report as rows: percentages, answers, participants."""


def percentages(study, analysis):
    """All percentages: by source, by duration, by class.

    Args:
        study: A `Study`.
        analysis: An `Analysis`.

    Returns:
        A tuple (list of the names of the columns, list of rows).
    """
    columns = (
        "source duration_ms class answers judged_real percent low high "
        "design_effect"
    ).split()
    rows = [
        (
            study.sources[share.source]["name"],
            share.duration_ms,
            None if share.label is None else class_name(study, share.label),
            share.answers,
            share.hits,
            *(100 * number for number in share.estimate[:3]),
            share.design_effect,
        )
        for share in (*analysis.shares, *analysis.classes)
    ]
    return columns, rows


def answers(study, judgements):
    """Every answer; what is left out has the reason in the last column.

    Args:
        study: A `Study`.
        judgements: `Judgements`, all of them.

    Returns:
        See `percentages`.
    """
    columns = (
        "participant source picture other class duration_ms judged_real "
        "response_ms shown_ms excluded"
    ).split()
    arrays = (
        judgements.participant,
        judgements.source,
        judgements.picture,
        judgements.other,
        judgements.label,
        judgements.duration_ms,
        judgements.judged_real,
        judgements.response_ms,
        judgements.shown_ms,
        judgements.reason,
    )
    rows = [
        (
            participant,
            study.sources[source]["name"],
            picture,
            None if other < 0 else other,
            class_name(study, label),
            *rest,
        )
        for participant, source, picture, other, label, *rest in zip(
            *(array.tolist() for array in arrays), strict=True
        )
    ]
    return columns, rows


def participants(persons):
    """Every participant, by number.

    Args:
        persons: List of `Person`.

    Returns:
        See `percentages`.
    """
    columns = (
        "participant excluded answers valid real_judged_real_percent "
        "generated_judged_real_percent sensitivity median_response_ms"
    ).split()
    rows = [
        person._replace(
            real_judged_real=100 * person.real_judged_real,
            fake_judged_real=100 * person.fake_judged_real,
        )
        for person in persons
    ]
    return columns, rows


def class_name(study, label):
    """The name of a class, its number where it has none, `""` for -1."""
    if label < 0:
        return ""
    names = study.class_names
    return names[label] if label < len(names) else str(label)
