"""A small labelled set of images of many kinds, in folders of classes, written for the tests.

What decoders may do differently is avoided where an image is to be compared sample by sample: 16-bit
samples are exact in 8 bits, and alpha is 255, or 0 over white. `translucent.png` alone is not so.
"""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

ORIENTATION = 0x0112


@dataclass
class Specimen:
    # CLASS/FILE
    name: str
    data: bytes
    is_readable: bool = True
    # False: decoders differ in its samples.
    is_exact: bool = True


def specimens():
    """All of them, in the order of the data: byte order of classes, then of files."""
    made = [*broken(), *jpegs(), *names(), *pngs(), *sizes()]
    return sorted(made, key=lambda s: [part.encode() for part in s.name.split("/")])


def write(folder):
    """Writes all files below `folder`, and some that are no images. Returns the specimens."""
    made = specimens()
    for specimen in made:
        path = folder / specimen.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(specimen.data)
    (folder / "about.txt").write_text("not a class\n")
    (folder / "names" / "notes.txt").write_text("not an image\n")
    (folder / "names" / "png").write_bytes(png(photo(8, 8)))
    return made


def sizes():
    """Below any network's input size, narrow, flat, a single pixel, odd."""
    for width, height in [(1, 1), (1, 9), (9, 1), (2, 3), (5, 7), (15, 16), (16, 16), (17, 61), (83, 40)]:
        yield Specimen(f"sizes/{width}x{height}.png", png(photo(width, height)))


def pngs():
    image = photo(31, 23)
    grey = image.convert("L")
    opaque = Image.fromarray(np.where(np.arange(31) % 3 == 0, 0, 255).astype(np.uint8)[None].repeat(23, 0))
    white_below = Image.composite(image, Image.new("RGB", image.size, "white"), opaque)
    grey_white_below = white_below.convert("L")
    yield Specimen("png/grey.png", png(grey))
    yield Specimen("png/bilevel.png", png(image.convert("1")))
    yield Specimen("png/palette.png", png(image.quantize(40)))
    yield Specimen("png/palette-16.png", png(image.quantize(11), bits=4))
    yield Specimen("png/alpha.png", png(with_alpha(white_below, opaque)))
    yield Specimen("png/grey-alpha.png", png(with_alpha(grey_white_below, opaque)))
    yield Specimen("png/translucent.png", png(with_alpha(image, grey)), is_exact=False)
    yield Specimen("png/16-bit-grey.png", png_16(np.asarray(grey)[..., None]))
    yield Specimen("png/16-bit-rgb.png", png_16(np.asarray(image)))
    yield Specimen("png/a-jpeg.png", jpeg(image))


def jpegs():
    image = photo(37, 26)
    yield Specimen("jpeg/444.jpg", jpeg(image, quality=95, subsampling=0))
    yield Specimen("jpeg/420.jpeg", jpeg(image, quality=60, subsampling=2))
    yield Specimen("jpeg/UPPER.JPEG", jpeg(image, quality=80, subsampling=1))
    yield Specimen("jpeg/grey.jpg", jpeg(image.convert("L")))
    yield Specimen("jpeg/cmyk.jpg", jpeg(image.convert("CMYK")))
    yield Specimen("jpeg/progressive.jpg", jpeg(image, quality=70, progressive=True))
    yield Specimen("jpeg/a-png.jpg", png(image))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        yield Specimen(f"jpeg/orientation-{orientation}.jpg", jpeg(image, exif=exif))


def names():
    """Names whose order in bytes is neither that of letters nor that of UTF-16, with blanks and commas.

    One é is a single scalar, another an e with a combining accent: two names of different bytes.
    """
    spoken = [
        "10", "9", "A", "a", "_", "a b", " leading", "two  blanks 7", 'comma, "quote"', "%41",
        "\u00e9", "e\u0301", "z", "\u732b", "\uff5e", "\U0001f600",
    ]  # fmt: skip
    for index, name in enumerate(spoken):
        yield Specimen(f"names/{name}.png", png(photo(20 + index, 24, seed=index)))


def broken():
    image = photo(64, 48)
    whole_png, whole_jpeg = png(image), jpeg(image)
    yield Specimen("broken/empty.png", b"", is_readable=False)
    yield Specimen("broken/empty.jpg", b"", is_readable=False)
    yield Specimen("broken/text.png", b"This is not an image.\n", is_readable=False)
    yield Specimen("broken/cut.png", whole_png[: len(whole_png) // 2], is_readable=False)
    yield Specimen("broken/cut.jpg", whole_jpeg[: len(whole_jpeg) // 2], is_readable=False)
    yield Specimen("broken/header.png", whole_png[:20], is_readable=False)
    yield Specimen("broken/header.jpg", whole_jpeg[:20], is_readable=False)
    yield Specimen("broken/whole.png", whole_png)


def photo(width, height, seed=0):
    """Smooth seeded colours."""
    random = np.random.default_rng([width, height, seed])
    coarse = random.integers(0, 256, (-(-height // 6) + 1, -(-width // 6) + 1, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def with_alpha(image, alpha):
    return Image.merge(image.mode + "A", [*image.split(), alpha])


def png(image, **options):
    return encoded(image, "PNG", **options)


def jpeg(image, **options):
    return encoded(image, "JPEG", **options)


def encoded(image, format, **options):
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def png_16(samples):
    """A 16-bit PNG of uint8 samples [H, W, 1 or 3], each times 257."""
    height, width, channels = samples.shape
    rows = (samples.astype(np.uint16) * 257).astype(">u2")
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 3: 2}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*c) for c in chunks)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
