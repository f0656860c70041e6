"""A picture as generic measures of texture, edges, shape, light and colour: numpy and scipy only, so exports carry this file.

Texture: local binary patterns at three radii (Ojala et al., 2002), energies of a bank of oriented filters (Gabor),
co-occurrence of grey levels (Haralick, 1973). Edges and shape: histograms of oriented gradients over the whole and over a
4 x 4 grid (Dalal and Triggs, 2005). Light and colour: distributions and moments. What is not covered: several things in
one picture, text in pictures.
"""

from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def measures(picture: Array) -> Array:
    """One picture's measures of texture, edges, shape, light and colour."""
    grey = (picture @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.float32)
    even = (grey - grey.mean()) / (grey.std() + 1e-3)
    parts = [_light(grey), _colour(picture), _patterns(grey), _filtered(even), _gradients(even), _together(grey)]
    return np.concatenate(parts).astype(np.float32)


def _light(grey: Array) -> Array:
    spread = grey.std() + 1e-6
    cubed = (((grey - grey.mean()) / spread) ** 3).mean()
    fourth = (((grey - grey.mean()) / spread) ** 4).mean()
    shares = np.histogram(grey, bins=16, range=(0, 1))[0] / grey.size
    steps = np.percentile(grey, [1, 5, 25, 50, 75, 95, 99])
    rows, columns = grey.mean(axis=1), grey.mean(axis=0)
    return np.array([grey.mean(), spread, cubed, fourth, rows.std(), columns.std(), *steps, *np.sqrt(shares)])


def _colour(picture: Array) -> Array:
    highest, lowest = picture.max(axis=2), picture.min(axis=2)
    vivid = (highest - lowest) / (highest + 1e-6)
    channels = [value for place in range(3) for value in (picture[..., place].mean(), picture[..., place].std())]
    opposite = [(picture[..., 0] - picture[..., 1]).mean(), (picture[..., 2] - picture[..., :2].mean(axis=2)).mean()]
    return np.array([*channels, *opposite, vivid.mean(), vivid.std()])


def _patterns(grey: Array) -> Array:
    """Uniform local binary patterns, turned to their smallest form: ten shares at each radius."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    found = []
    rows, columns = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    for radius in (1, 2, 4):
        smooth = gaussian_filter(grey, 0.5 * radius)
        bits = []
        for angle in np.arange(8) * np.pi / 4:
            places = [rows - radius * np.sin(angle), columns + radius * np.cos(angle)]
            bits.append(map_coordinates(smooth, places, order=1, mode="reflect") >= smooth)
        signs = np.stack(bits)
        changes = (signs != np.roll(signs, 1, axis=0)).sum(axis=0)
        codes = np.where(changes <= 2, signs.sum(axis=0), 9)
        found.append(np.sqrt(np.bincount(codes.ravel(), minlength=10) / codes.size))
        near = np.abs(smooth - gaussian_filter(smooth, radius))
        found.append(np.array([near.mean(), near.std()]))
    return np.concatenate(found)


@lru_cache(maxsize=4)
def _bank(side: int) -> Array:
    """Oriented filters in the frequency domain: four wave lengths by six directions."""
    down, across = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    distance, direction = np.hypot(down, across) + 1e-9, np.arctan2(down, across)
    filters = []
    for wave in (4, 8, 16, 32):
        ring = np.exp(-(np.log(distance * wave) ** 2) / (2 * np.log(1.8) ** 2))
        for angle in np.arange(6) * np.pi / 6:
            turned = np.angle(np.exp(1j * (direction - angle)))
            filters.append(ring * np.exp(-(turned**2) / (2 * (np.pi / 9) ** 2)))
    return np.stack(filters).astype(np.float32)


def _filtered(even: Array) -> Array:
    """For each filter the strength and unevenness of what it lets through, and how far the directions differ."""
    waves = np.fft.fft2(even)
    answers = np.abs(np.fft.ifft2(waves * _bank(even.shape[0])))
    mean, spread = answers.mean(axis=(1, 2)), answers.std(axis=(1, 2))
    strength = mean.reshape(4, 6)
    return np.concatenate(
        [
            np.log(mean + 1e-4),
            spread / (mean + 1e-4),
            strength.max(axis=1) / (strength.mean(axis=1) + 1e-6),
            np.sort(strength, axis=1).ravel(),
        ]
    )


def _gradients(even: Array) -> Array:
    """Histograms of oriented gradients: nine directions over the whole and in each cell of a 4 x 4 grid."""
    from scipy.ndimage import gaussian_filter

    down, across = np.gradient(gaussian_filter(even, 1.0))
    size = np.hypot(down, across)
    bins = np.minimum((np.mod(np.arctan2(down, across), np.pi) / np.pi * 9).astype(int), 8)
    whole = np.bincount(bins.ravel(), size.ravel(), minlength=9)
    edges = [float((size > level).mean()) for level in (0.1, 0.25, 0.5, 1.0)]
    cell = even.shape[0] // 4
    found = []
    for row in range(4):
        for column in range(4):
            here = (slice(row * cell, (row + 1) * cell), slice(column * cell, (column + 1) * cell))
            counts = np.bincount(bins[here].ravel(), size[here].ravel(), minlength=9)
            found.append(counts / (np.linalg.norm(counts) + 1e-6))
    return np.concatenate([whole / (whole.sum() + 1e-6), np.sort(whole)[::-1] / (whole.sum() + 1e-6), edges, *found])


def _together(grey: Array) -> Array:
    """Co-occurrence of 16 grey levels: contrast, homogeneity, energy and correlation at three distances."""
    low, high = np.percentile(grey, [1, 99])
    levels = np.clip((grey - low) / (high - low + 1e-6) * 16, 0, 15).astype(int)
    one, two = np.mgrid[0:16, 0:16]
    found = []
    for distance in (1, 3, 8):
        each = []
        for down, across in ((0, distance), (distance, 0), (distance, distance)):
            first = levels[: levels.shape[0] - down, : levels.shape[1] - across].ravel()
            second = levels[down:, across:].ravel()
            shares = np.bincount(first * 16 + second, minlength=256).reshape(16, 16) / first.size
            mean = (one * shares).sum()
            spread = ((one - mean) ** 2 * shares).sum() + 1e-6
            each.append(
                [
                    ((one - two) ** 2 * shares).sum(),
                    (shares / (1 + np.abs(one - two))).sum(),
                    np.sqrt((shares**2).sum()),
                    ((one - mean) * (two - mean) * shares).sum() / spread,
                ]
            )
        found.append(np.concatenate([np.mean(each, axis=0), np.ptp(each, axis=0)]))
    return np.concatenate(found)
