import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import { jsonList } from '../../helpers/json-list.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { grouped, type KeyText, keyTextOf } from '../key-text.js'
import { linkOf } from '../relations/link.js'
import { chunks, mostKeys } from '../writes/groups.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'
import { membersKey, type ReadRelation } from './read-member.js'
import { relatedStatement } from './related-statement.js'
import { RowCodec } from './row-codec.js'
import type { RawRow, RowLevel } from './row-level.js'
import { runRead } from './run-read.js'
import type { StatementLayout } from './statement-layout.js'

/** A statement repeats its keys up to a power of two, which is to be no more than it may have. */
const mostOwners = 2 ** Math.floor(Math.log2(mostKeys))

/** What is selected of related rows, and how it is written. */
interface RelatedLayout {
  readonly layout: StatementLayout
  readonly level: RowLevel
}

/** The rows that a relation leads to from many rows at once, by one statement, written as a member of those. */
export class RelatedRead {
  readonly dataSource: ModelDataSource
  readonly relation: RelationMetadata
  readonly given: ReadRelation
  readonly layout: StatementLayout
  /** What tells it from others. */
  readonly key: string
  readonly #level: RowLevel
  readonly #codec: RowCodec
  readonly #keyText: KeyText
  /** Whether some owners were found to have so many rows that those of each are cut by the database. */
  #isCrowded = false

  constructor(
    dataSource: ModelDataSource,
    relation: RelationMetadata,
    given: ReadRelation,
    { layout, level }: RelatedLayout,
  ) {
    this.dataSource = dataSource
    this.relation = relation
    this.given = given
    this.layout = layout
    this.key = membersKey(relation.entityMetadata, [given])
    this.#level = level
    this.#keyText = keyTextOf(linkOf(relation).key)
    this.#codec = new RowCodec(layout.columns, readEngineOf(dataSource.options.type as EngineType))
  }

  /** Whether the relation leads to any number of rows. */
  get many(): boolean {
    return this.relation.isOneToMany || this.relation.isManyToMany
  }

  /** The member of each owner, by the keys of those as the driver gave them. */
  async texts(owners: readonly unknown[], call: object): Promise<readonly string[]> {
    const { max, more = 'hasMore' } = this.given
    const names = owners.map((key) => (key === null ? undefined : this.#keyText(key)))
    const raw = await this.#foundOf(distinct(owners, names), call)
    const groups = grouped(raw.rows, (row) => this.#keyText(row[this.layout.width]))
    const found = names.map((name) => (name === undefined ? none : (groups.get(name) ?? none)))
    const shown = found.map((rows) => (rows.length > max ? rows.slice(0, max) : rows))
    const texts = await this.#level.texts({ rows: shown.flat(), codecs: this.#codec.of(raw) }, call)
    let next = 0
    return shown.map((rows, index) => {
      const own = texts.slice(next, (next += rows.length))
      return this.many ? `{"data":${jsonList(own)},"${more}":${found[index]!.length > max}}` : (own[0] ?? 'null')
    })
  }

  /** The rows of any number of owners. */
  async #foundOf(keys: readonly unknown[], call: object): Promise<RawRows> {
    if (keys.length === 0) return { rows: none }
    if (keys.length <= mostOwners) return this.#found(keys, call)
    const found: RawRows[] = []
    // One after another: they share the connection of the unit of work.
    for (const some of chunks(keys, mostOwners)) found.push(await this.#found(some, call))
    return { ...found[0]!, rows: found.flatMap(({ rows }) => rows) }
  }

  /**
   * The rows of the owners; of each those that are shown, and one more, at least. All are asked for where they may be as few as
   * that: most owners have fewer rows than are shown, and of one alone no others are asked for.
   */
  async #found(keys: readonly unknown[], call: object): Promise<RawRows> {
    const isAlone = keys.length === 1
    if (this.many && (isAlone || !this.#isCrowded)) {
      const most = keys.length * (this.given.max + 1)
      const raw = await this.#read(relatedStatement(this, keys, call, most))
      if (isAlone || raw.rows.length < most) return raw
      this.#isCrowded = true
    }
    return this.#read(relatedStatement(this, keys, call))
  }

  #read(statement: ReadStatement): Awaitable<RawRows> {
    return runRead(this.dataSource, statement, undefined)
  }
}

const none: readonly RawRow[] = []

/** The keys, each once. @param names their texts; undefined where there is no key. */
function distinct(keys: readonly unknown[], names: readonly (string | undefined)[]): readonly unknown[] {
  const known = new Map<string, unknown>()
  for (const [index, name] of names.entries()) if (name !== undefined) known.set(name, keys[index])
  return [...known.values()]
}
