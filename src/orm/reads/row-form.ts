import type { ObjectLiteral } from 'typeorm'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { columnOf } from '../schema/column-terms.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows } from './engines/read-engine.js'
import { type ColumnCodec, type ReadColumn, RowCodec } from './row-codec.js'

/** A property that is written as a member of the JSON of its row. */
export interface ReadField {
  readonly name: string
  /** The kind of its description. */
  readonly kind: string
  /** Writes a value that is not null, as entities hold it. */
  readonly write: (value: unknown) => string
}

/** A row that was read without its entity. */
export class ReadRow {
  /** Its fields as a JSON object. */
  readonly text: string
  /** The properties that were asked for besides, as its entity would hold them. */
  readonly held: Readonly<Record<string, unknown>>

  constructor(text: string, held: Readonly<Record<string, unknown>>) {
    this.text = text
    this.held = held
  }
}

/** What is read of the rows of an entity, and how it is written: compiled once, for any number of statements. */
export class RowForm {
  readonly dataSource: ModelDataSource
  readonly entity: AnyClass
  /** What tells it from other forms of the same entity. */
  readonly key: string
  readonly #columns: readonly ReadColumn[]
  readonly #prefixes: readonly string[]
  readonly #held: readonly string[]
  readonly #codec: RowCodec

  constructor(dataSource: ModelDataSource, entity: AnyClass, fields: readonly ReadField[], held: readonly string[]) {
    const metadata = dataSource.getMetadata(entity)
    const columnFor = (name: string) => {
      const column = columnOf(metadata, name)
      if (column) return column
      throw new TypeError(`${metadata.name} has no column "${name}".`)
    }
    this.dataSource = dataSource
    this.entity = entity
    this.key = JSON.stringify([metadata.name, fields.map(({ name }) => name), held])
    this.#columns = [
      ...fields.map(({ name, kind, write }) => ({ column: columnFor(name), kind, write })),
      ...held.map((name) => ({ column: columnFor(name), kind: '', write: JSON.stringify })),
    ]
    this.#prefixes = fields.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    this.#held = held
    this.#codec = new RowCodec(this.#columns, readEngineOf(dataSource.options.type as EngineType))
  }

  /** How many values stand in front of others that a statement selects. */
  get width(): number {
    return this.#columns.length
  }

  /** Makes a statement select the values, in order. */
  select(builder: ScopedSelectQueryBuilder<ObjectLiteral>): void {
    const qualifier = builder.escape(builder.alias)
    const [first, ...others] = this.#columns.map(({ column }, index) => ({
      selection: `${qualifier}.${builder.escape(column.databaseName)}`,
      alias: `read_${index}`,
    }))
    builder.select(first?.selection ?? '1', first?.alias ?? 'read')
    for (const { selection, alias } of others) builder.addSelect(selection, alias)
  }

  /** The rows as JSON. */
  texts(raw: RawRows): readonly string[] {
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => this.#text(row, codecs))
  }

  /** The rows as JSON, and what was to be held of them. */
  rows(raw: RawRows): readonly ReadRow[] {
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => new ReadRow(this.#text(row, codecs), this.#heldOf(row, codecs)))
  }

  #text(row: readonly unknown[], codecs: readonly ColumnCodec[]): string {
    const prefixes = this.#prefixes
    let text = ''
    for (let index = 0; index < prefixes.length; index++) text += prefixes[index]! + codecs[index]!.text(row[index])
    return text === '' ? '{}' : `${text}}`
  }

  #heldOf(row: readonly unknown[], codecs: readonly ColumnCodec[]): ReadRow['held'] {
    const start = this.#prefixes.length
    return Object.fromEntries(this.#held.map((name, at) => [name, codecs[start + at]!.value(row[start + at])]))
  }
}
