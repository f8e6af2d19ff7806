import type { Arbitrary } from 'fast-check'
import type { OpenApiDocument } from 'plinth'
import type { PropertyLibrary } from '../property-library.js'
import type { Memory } from './memory.js'
import { type Schema, SchemaReader } from './schema-reader.js'
import { SchemaTexts } from './schema-texts.js'

/**
 * Makes values that fit schemas, as far as schemas are built of what documents are built of. Often they are values that
 * something of the same name has already, or keys of rows.
 */
export class SchemaValues {
  readonly #fc: PropertyLibrary
  readonly #reader: SchemaReader
  readonly #memory: Memory
  readonly #texts: SchemaTexts
  readonly #fits: (schema: Schema, value: unknown) => boolean

  constructor(
    fc: PropertyLibrary,
    document: OpenApiDocument,
    memory: Memory,
    fits: (schema: Schema, value: unknown) => boolean,
  ) {
    this.#fc = fc
    this.#reader = new SchemaReader(document)
    this.#memory = memory
    this.#texts = new SchemaTexts(fc)
    this.#fits = fits
  }

  /** Values of a schema for something of a name. */
  of(schema: Schema, name?: string): Arbitrary<unknown> {
    const made = this.#made(schema)
    if (name === undefined) return made
    return this.#fc.oneof({ weight: 2, arbitrary: made }, this.#recalled(schema, name, made))
  }

  /** Values of a schema for a parameter of a path; most are keys of rows, of such as were found there where that is known. */
  leading(schema: Schema, name: string, base: string): Arbitrary<unknown> {
    const made = this.#made(schema)
    return this.#fc.oneof({ weight: 8, arbitrary: this.#recalled(schema, name, made, base) }, made)
  }

  /** Whether a value is one of a schema. */
  fits(schema: Schema, value: unknown): boolean {
    return this.#fits(schema, value)
  }

  #made(schema: Schema): Arbitrary<unknown> {
    const branches = this.#reader.branches(schema).map((branch) => this.#branch(branch))
    return branches.length === 1 ? branches[0]! : this.#fc.oneof(...branches)
  }

  /** What is stored under a name, or as a key; something new where nothing of it fits. */
  #recalled(schema: Schema, name: string, made: Arbitrary<unknown>, base?: string): Arbitrary<unknown> {
    const fc = this.#fc
    const fitting = (values: readonly unknown[]) => values.filter((value) => this.#fits(schema, value))
    return fc.tuple(fc.nat(), fc.nat(), fc.boolean(), made).map(([place, table, asKey, fresh]) => {
      const named = base === undefined && !asKey ? fitting(this.#memory.valuesOf(name)) : []
      const keys = named.length > 0 ? [] : this.#memory.keyLists(base).map(fitting)
      const lists = keys.filter((values) => values.length > 0)
      // A row that no key fits is named by something else that it has.
      const others = base !== undefined && lists.length === 0 ? fitting(this.#memory.values()) : []
      const known = named.length > 0 ? named : (lists[table % lists.length] ?? others)
      return known.length === 0 ? fresh : known[place % known.length]
    })
  }

  #branch(schema: Schema): Arbitrary<unknown> {
    const fc = this.#fc
    if ('const' in schema) return fc.constant(schema['const'])
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
    switch (schema['type']) {
      case 'object':
        return this.#object(schema)
      case 'array':
        return this.#array(schema)
      case 'string':
        return this.#texts.of(schema)
      case 'integer':
        return integerOf(fc, schema)
      case 'number':
        return numberOf(fc, schema)
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }

  #object(schema: Schema): Arbitrary<unknown> {
    const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)
    const requiredKeys = ((schema['required'] ?? []) as readonly string[]).filter((key) =>
      properties.some(([name]) => name === key),
    )
    return this.#fc.record(Object.fromEntries(properties.map(([name, part]) => [name, this.of(part, name)])), {
      requiredKeys,
    })
  }

  #array({ items = {}, minItems = 0, maxItems, uniqueItems }: Schema): Arbitrary<unknown> {
    const least = minItems as number
    const bounds = { minLength: least, maxLength: Math.max(least, Math.min((maxItems as number | undefined) ?? 4, 4)) }
    const one = this.of(items as Schema, 'id')
    if (uniqueItems !== true) return this.#fc.array(one, bounds)
    return this.#fc.uniqueArray(one, { ...bounds, selector: (value) => JSON.stringify(value) })
  }
}

function integerOf(fc: PropertyLibrary, { minimum, maximum }: Schema): Arbitrary<number> {
  const min = Math.max((minimum as number | undefined) ?? -(2 ** 31), Number.MIN_SAFE_INTEGER)
  const max = Math.min((maximum as number | undefined) ?? 2 ** 31 - 1, Number.MAX_SAFE_INTEGER)
  const near = fc.integer({ min: Math.max(min, -3), max: Math.min(max, 20) })
  return Math.max(min, -3) > Math.min(max, 20)
    ? fc.integer({ min, max })
    : fc.oneof({ weight: 3, arbitrary: near }, fc.integer({ min, max }), fc.constantFrom(min, max))
}

function numberOf(fc: PropertyLibrary, { minimum, maximum }: Schema): Arbitrary<number> {
  return fc.double({
    noNaN: true,
    noDefaultInfinity: true,
    ...(minimum !== undefined && { min: minimum as number }),
    ...(maximum !== undefined && { max: maximum as number }),
  })
}
