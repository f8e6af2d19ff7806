import { isDeepStrictEqual } from 'node:util'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { QuickColumn, RawRows, ReadEngine } from './engines/read-engine.js'

/** A column that is read, and how its values are written as JSON. */
export interface ReadColumn {
  readonly column: ColumnMetadata
  /** What its values are: the kind of its description. */
  readonly kind: string
  /** Writes a value as entities hold it; null is never given. */
  readonly write: (value: unknown) => string
}

/** What becomes of the raw values of one column. */
export interface ColumnCodec {
  /** The value as an entity would hold it. */
  value(raw: unknown): unknown
  /** The value as JSON: the same text that the value of an entity is written as. */
  text(raw: unknown): string
}

/** Makes the codecs of columns. What the types of the columns are is known of the first rows. */
export class RowCodec {
  readonly #columns: readonly ReadColumn[]
  readonly #engine: ReadEngine
  #types: readonly number[] | undefined
  #codecs: readonly ColumnCodec[] | undefined

  constructor(columns: readonly ReadColumn[], engine: ReadEngine) {
    this.#columns = columns
    this.#engine = engine
  }

  /** The codecs of the columns of some rows, in order. */
  of(raw: RawRows): readonly ColumnCodec[] {
    if (!this.#codecs || !sameTypes(this.#types, raw.types)) {
      this.#codecs = this.#columns.map((column, index) => codecOf(column, raw, index, this.#engine))
      this.#types = raw.types
    }
    return this.#codecs
  }
}

function sameTypes(known: readonly number[] | undefined, types: readonly number[] | undefined): boolean {
  if (known === undefined || types === undefined) return known === types
  for (let index = 0; index < known.length; index++) if (known[index] !== types[index]) return false
  return true
}

function codecOf(
  { column, kind, write }: ReadColumn,
  { types, parserOf }: RawRows,
  index: number,
  engine: ReadEngine,
): ColumnCodec {
  const { driver } = column.entityMetadata.dataSource
  const type = types?.[index]
  const parse = type === undefined ? undefined : parserOf?.(type)
  const value = (raw: unknown): unknown =>
    driver.prepareHydratedValue(parse && raw !== null ? parse(raw as string) : raw, column) as unknown
  const ordinary = (raw: unknown): string => {
    const held = value(raw)
    return held === null || held === undefined ? 'null' : write(held)
  }
  const quick = column.transformer === undefined ? engine.quick(column, kind, type) : undefined
  // A driver may have been told to read a type in another way than its own.
  if (!quick?.samples.every((sample) => agree(quick, { value, text: ordinary }, sample)))
    return { value, text: ordinary }
  const { text: quickText, value: quickValue } = quick
  return {
    value: quickValue ? (raw) => (raw === null ? value(raw) : (quickValue(raw) ?? value(raw))) : value,
    text: (raw) => (raw === null ? 'null' : (quickText(raw) ?? ordinary(raw))),
  }
}

/** Whether the faster ways, where they know a value, make the same of it as the ordinary ones. */
function agree(quick: QuickColumn, ordinary: ColumnCodec, sample: unknown): boolean {
  const text = quick.text(sample)
  const value = quick.value?.(sample)
  const isSameValue = value === undefined || isDeepStrictEqual(value, ordinary.value(sample))
  return isSameValue && (text === undefined || text === ordinary.text(sample))
}
