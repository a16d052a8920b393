"""Writes the images of this folder with Pillow, and what Pillow makes of them.

NAME.png or NAME.jpg is the file to decode; NAME.expected.npy is what Pillow decodes, uint8
[height, width, 3] or [height, width]. resize-*.npy are Pillow's resizings of photo.png.
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parent


def photo(width, height):
    """Gradients, an edge and a disc: nothing random, so that JPEG stays small."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / (width - 1)
    green = 255 * y / (height - 1)
    blue = 127 + 127 * np.sin(x / 3) * np.cos(y / 4)
    image = Image.fromarray(np.stack([red, green, blue], axis=-1).round().astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse([width // 4, height // 4, width // 2, height * 3 // 4], fill=(250, 240, 20))
    draw.line([0, height - 1, width - 1, 0], fill=(10, 20, 200), width=2)
    return image


def write_interlaced(path, image):
    """Pillow does not write interlaced PNG: the seven passes of Adam7, 8-bit RGB, unfiltered."""
    samples = np.asarray(image)
    height, width, _ = samples.shape
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(
        b"\0" + row.tobytes()
        for left, top, right_step, down_step in passes
        for row in samples[top::down_step, left::right_step]
    )

    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    )


def expect(name, image):
    np.save(FOLDER / f"{name}.expected.npy", np.asarray(image))


def main():
    rgb = photo(37, 29)
    gray = rgb.convert("L")
    rgb.save(FOLDER / "photo.png")
    expect("photo", rgb)
    expect("photo-luma", gray)
    write_interlaced(FOLDER / "interlaced.png", rgb)
    with Image.open(FOLDER / "interlaced.png") as interlaced:
        expect("interlaced", interlaced.convert("RGB"))
    gray.save(FOLDER / "gray.png")
    expect("gray", gray)
    rgb.quantize(16).save(FOLDER / "palette.png")
    expect("palette", rgb.quantize(16).convert("RGB"))
    gray.point(lambda level: 255 if level > 100 else 0).convert("1").save(FOLDER / "bilevel.png")
    expect("bilevel", gray.point(lambda level: 255 if level > 100 else 0))

    # 16-bit samples whose 8-bit value is exact: 257 times the level.
    Image.fromarray(np.asarray(gray).astype(np.uint16) * 257).save(FOLDER / "gray16.png")
    expect("gray16", gray)

    # Alpha is 0 or 255 here, so that blending gives the same in every color space.
    opaque = np.asarray(gray) > 100
    alpha = Image.fromarray((opaque * 255).astype(np.uint8))
    white = Image.new("RGB", rgb.size, (255, 255, 255))
    with_alpha = rgb.copy()
    with_alpha.putalpha(alpha)
    with_alpha.save(FOLDER / "alpha.png")
    expect("alpha", Image.composite(rgb, white, alpha))
    Image.merge("LA", [gray, alpha]).save(FOLDER / "gray-alpha.png")
    expect("gray-alpha", Image.composite(gray, white.convert("L"), alpha))

    def jpeg(name, image, **options):
        image.save(FOLDER / f"{name}.jpg", **options)
        with Image.open(FOLDER / f"{name}.jpg") as stored:
            upright = ImageOps.exif_transpose(stored)
            expect(name, upright if upright.mode == "L" else upright.convert("RGB"))

    jpeg("photo-420", rgb, quality=90)
    jpeg("photo-444", rgb, quality=90, subsampling=0)
    jpeg("progressive", rgb, quality=90, progressive=True)
    jpeg("gray-jpeg", gray, quality=90)
    jpeg("cmyk", rgb.convert("CMYK"), quality=90)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        small = photo(16, 9)
        jpeg(f"orientation-{orientation}", small, quality=90, subsampling=0, exif=exif)

    for filter_name in ("bilinear", "bicubic"):
        method = Image.Resampling[filter_name.upper()]
        for width, height in ((13, 11), (64, 29), (37, 50), (80, 7), (36, 10)):
            resized = rgb.resize((width, height), method)
            np.save(FOLDER / f"resize-{filter_name}-{width}x{height}.npy", np.asarray(resized))


if __name__ == "__main__":
    main()
