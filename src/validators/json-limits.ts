import { type Complaints, complaint } from './validator.js'

/** How much a JSON value may hold before anything recursive, or slower than linear, looks at it. */
export interface JsonLimits {
  /** How deep objects and arrays may stand in each other. */
  readonly depth: number
  /** The values there may be in all, at every depth. */
  readonly values: number
  /** The items one array may have; comparing items with each other takes the square of it. */
  readonly items: number
  /** The characters there may be in all texts and names together. */
  readonly characters: number
}

/** 32 levels, 10,000 values, 1,000 items, 262,144 characters. */
export const defaultJsonLimits: JsonLimits = Object.freeze({
  depth: 32,
  values: 10_000,
  items: 1_000,
  characters: 262_144,
})

type Nested = readonly [value: unknown, depth: number]

/**
 * What keeps a value from being JSON within limits. Walks it without recursion, and stops at the first limit, so
 * cycles end as well.
 */
export function beyondLimits(root: unknown, limits: JsonLimits): Complaints {
  const waiting: Nested[] = [[root, 0]]
  let values = 0
  let characters = 0
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [value, depth] = next
    values += 1
    characters += charactersOf(value)
    if (values + waiting.length > limits.values) return beyond('values', limits.values)
    if (characters > limits.characters) return beyond('characters', limits.characters)
    if (Array.isArray(value) && value.length > limits.items) return beyond('items', limits.items)
    if (isContainer(value)) {
      if (depth >= limits.depth) return beyond('depth', limits.depth)
      for (const member of Object.values(value)) waiting.push([member, depth + 1])
    } else if (!isScalar(value)) return complaint('json', 'must be JSON')
  }
  return []
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] {
  if (typeof value !== 'object' || value === null) return false
  // A hole is no JSON value, and Object.values() does not see it.
  if (Array.isArray(value)) return Object.keys(value).length === value.length
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
}

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0
  return Object.keys(value).reduce((sum, key) => sum + key.length, 0)
}

function beyond(limit: keyof JsonLimits, most: number): Complaints {
  const what = { depth: 'levels', values: 'values', items: 'items in an array', characters: 'characters' }[limit]
  return complaint(limit, `must have at most ${most} ${what}`, { limit: most })
}
