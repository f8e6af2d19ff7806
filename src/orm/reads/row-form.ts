import type { EntityMetadata } from 'typeorm'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { columnOf } from '../schema/column-terms.js'
import { compileLevel } from './compile-level.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows } from './engines/read-engine.js'
import { EntityLevel } from './entity-level.js'
import { membersKey, type ReadMember } from './read-member.js'
import { type ColumnCodec, RowCodec } from './row-codec.js'
import type { OmittedMembers, RowLevel } from './row-level.js'
import { StatementLayout } from './statement-layout.js'

export type { ReadComputed, ReadField, ReadMember, ReadRelation } from './read-member.js'

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

/** What is held of each row besides its text: some of its properties, or its entity. */
export type Held = readonly string[] | 'entity'

/** How what is held of a row is made of its values. */
type Holding = (row: readonly unknown[], codecs: readonly ColumnCodec[]) => ReadRow['held']

/** How rows are read as text: a form, or a form under the tests of a call. */
export type TextForm = Pick<RowForm, keyof RowForm>

/** What is read of the rows of an entity, and how it is written: compiled once, for any number of statements. */
export class RowForm {
  readonly dataSource: ModelDataSource
  readonly entity: AnyClass
  /** What tells it from other forms of the same entity. */
  readonly key: string
  /** What statements select for it. */
  readonly layout: StatementLayout
  readonly #level: RowLevel
  readonly #holding: Holding
  readonly #codec: RowCodec

  constructor(dataSource: ModelDataSource, entity: AnyClass, members: readonly ReadMember[], held: Held) {
    const metadata = dataSource.getMetadata(entity)
    const layout = new StatementLayout()
    this.dataSource = dataSource
    this.entity = entity
    this.key = membersKey(metadata, members, held)
    this.layout = layout
    this.#level = compileLevel({ dataSource, metadata, layout }, members)
    this.#holding = held === 'entity' ? holdingEntity(metadata, layout) : holdingValues(metadata, layout, held)
    this.#codec = new RowCodec(layout.columns, readEngineOf(dataSource.options.type as EngineType))
  }

  /** How many values stand in front of others that a statement selects. */
  get width(): number {
    return this.layout.width
  }

  /** Whether each row is written of its own values: without statements about what relations lead to, or computed members. */
  get isPlain(): boolean {
    return this.#level.isPlain
  }

  /** The rows as JSON, where the form is plain. */
  texts(raw: RawRows): readonly string[] {
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => this.#level.text(row, codecs))
  }

  /** The rows as JSON, and what was to be held of them, where the form is plain. */
  rows(raw: RawRows): readonly ReadRow[] {
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => new ReadRow(this.#level.text(row, codecs), this.#holding(row, codecs)))
  }

  /** What was to be held of the rows. */
  held(raw: RawRows): readonly ReadRow['held'][] {
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => this.#holding(row, codecs))
  }

  /** The rows as JSON for a call. @param omitted the names of the members that are left out, row by row. */
  textsFor(raw: RawRows, call: object, omitted?: OmittedMembers): Promise<readonly string[]> {
    return this.#level.texts({ rows: raw.rows, codecs: this.#codec.of(raw) }, call, omitted)
  }

  /** The rows as JSON for a call, and what was to be held of them. */
  async rowsFor(raw: RawRows, call: object): Promise<readonly ReadRow[]> {
    const codecs = this.#codec.of(raw)
    const texts = await this.textsFor(raw, call)
    return raw.rows.map((row, index) => new ReadRow(texts[index]!, this.#holding(row, codecs)))
  }
}

function holdingEntity(metadata: EntityMetadata, layout: StatementLayout): Holding {
  const level = new EntityLevel(metadata, layout)
  return (row, codecs) => level.entity(row, codecs)
}

function holdingValues(metadata: EntityMetadata, layout: StatementLayout, names: readonly string[]): Holding {
  const places = names.map((name) => {
    const column = columnOf(metadata, name)
    if (column) return [name, layout.find(column, undefined)] as const
    throw new TypeError(`${metadata.name} has no column "${name}".`)
  })
  return (row, codecs) => {
    const held: Record<string, unknown> = {}
    for (const [name, at] of places) held[name] = codecs[at]!.value(row[at])
    return held
  }
}
