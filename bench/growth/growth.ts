import type { Series } from '../plots.js'

/** Numbers that should not grow with something, at some of its sizes. */
export interface Growth {
  readonly name: string
  readonly unit: 'ms' | 'us'
  readonly sizes: readonly number[]
  readonly series: readonly Series[]
  readonly aims: readonly Aim[]
}

/** How often one number may be as large as another. */
export interface Aim {
  readonly name: string
  readonly most: number
  readonly ratio: number
}

/** How a series may grow from its first size to its last. */
export function aimOfGrowth(name: string, most: number, { values }: Series): Aim {
  return { name, most, ratio: (values.at(-1) ?? 0) / (values[0] ?? 1) }
}

/** How one series may exceed another, at the size where it does most. */
export function aimOfRatio(name: string, most: number, over: Series, under: Series): Aim {
  return {
    name,
    most,
    ratio: Math.max(...over.values.map((value, index) => (value ?? 0) / (under.values[index] ?? 1))),
  }
}

/** How one series may exceed another at one size. */
export function aimAtSize(
  name: string,
  most: number,
  [size, sizes]: readonly [size: number, sizes: readonly number[]],
  [over, under]: readonly [over: Series, under: Series],
): Aim {
  const index = sizes.indexOf(size)
  return { name, most, ratio: (over.values[index] ?? 0) / (under.values[index] ?? 1) }
}
