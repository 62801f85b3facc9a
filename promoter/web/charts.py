"""Charts of the delivery metrics as SVG: columns with a title and a description in words."""

from markupsafe import Markup

from promoter.common.text import duration
from promoter.site.metrics import Distribution
from promoter.web.text import shown, slug

MOST = 60
"""The number of columns; older samples are left out, which the description says."""

_WIDTH, _HEIGHT, _WIDEST = 600, 120, 30

_CHART = Markup("""\
<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-text">
<title id="{id}-title">{title}</title>
<desc id="{id}-text">{text}</desc>
{columns}{median}</svg>""")
_COLUMN = Markup('<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>\n')
_MEDIAN = Markup('<line x1="0" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>\n')


def chart(found: Distribution, title: str) -> Markup:
    """Return a column for each sample, the oldest first, and a line at the median; "" for none.

    Its colors come from the style sheet. What it shows is in the page as text, too.
    """
    values = [max(each.seconds, 0.0) for each in found.samples][-MOST:]
    if not values or found.median is None:
        return Markup("")
    most, step = max(values) or 1.0, _WIDTH / len(values)
    width = min(step * 0.8, _WIDEST)
    heights = [value / most * _HEIGHT for value in values]
    columns = Markup("").join(
        _COLUMN.format(x=number * step, y=_HEIGHT - height, width=width, height=height)
        for number, height in enumerate(heights)
    )
    # The median is of all samples, and may be above those that are shown.
    line = _HEIGHT - min(max(found.median, 0.0) / most, 1.0) * _HEIGHT
    text = (
        f"The newest {len(values)} of {found.n}, the oldest of them first: from "
        f"{duration(min(values))} to {duration(max(values))}. The line is the median of all, "
        f"{duration(found.median)}."
    )
    return _CHART.format(
        id=f"chart-{slug(title)}",
        width=_WIDTH,
        height=_HEIGHT,
        title=shown(title),
        text=text,
        columns=columns,
        median=_MEDIAN.format(width=_WIDTH, y=line),
    )
