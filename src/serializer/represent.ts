import { type Awaitable, andThen } from '../helpers/awaitable.js'
import { jsonList } from '../helpers/json-list.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { OrderingKey } from '../model/scope.js'
import { jsonOf, valueWriter } from './compile-writer.js'
import type { CompiledNested, CompiledSerializer } from './compiled-serializer.js'
import type { AnyComputed } from './computed.js'
import type { FieldDecision, FieldDecisions, FieldTest } from './field-rule.js'
import { neededColumns, requiredParts } from './needed-columns.js'
import { branch, namesOf, type ShowRequest } from './shown-names.js'

/** The rows that a relation leads to from one row. */
export interface RelatedRows {
  readonly rows: readonly object[]
  readonly hasMore: boolean
}

/** Which rows of a relation are asked for. */
export interface RelatedQuery {
  readonly entity: AnyClass
  readonly relation: string
  /** The most rows of one owner. */
  readonly max: number
  readonly orderBy: readonly OrderingKey[]
  /** Values that they have in common. */
  readonly scope?: Readonly<Record<string, unknown>>
  /** The properties that are looked at; without it, all that are not hidden. */
  readonly columns?: readonly string[]
}

/** Finds related rows of many rows at once, in the order of those; a constant number of statements, however many. */
export type RelatedSource = (owners: readonly object[], query: RelatedQuery) => Promise<readonly RelatedRows[]>

/** For whom rows are represented, and how. */
export interface RepresentationRequest extends ShowRequest {
  readonly related: RelatedSource
}

/** Writes one field of one row. */
type FieldWriter = (row: object, index: number) => string

/** Represents rows; their related rows are loaded level by level, never row by row. */
export function represent(
  serializer: CompiledSerializer,
  rows: readonly object[],
  request: RepresentationRequest,
): Awaitable<readonly string[]> {
  if (rows.length === 0) return []
  return andThen(serializer.readDecisions(request.call), (decisions) => {
    const names = namesOf(serializer, request).filter((name) => decisions.get(name) !== false)
    return new Level(serializer, rows, request, decisions).texts(names)
  })
}

/** Rows that are represented together. */
class Level {
  readonly #serializer: CompiledSerializer
  readonly #rows: readonly object[]
  readonly #request: RepresentationRequest
  readonly #decisions: FieldDecisions

  constructor(
    serializer: CompiledSerializer,
    rows: readonly object[],
    request: RepresentationRequest,
    decisions: FieldDecisions,
  ) {
    this.#serializer = serializer
    this.#rows = rows
    this.#request = request
    this.#decisions = decisions
  }

  texts(names: readonly string[]): Awaitable<readonly string[]> {
    const { description } = this.#serializer
    const isPlain = names.every((name) => description.properties.has(name) && !isTest(this.#decisions.get(name)))
    if (!isPlain) return this.#load(names)
    const writers = names.map((name) => columnWriter(name, valueWriter(description.properties.get(name)!.value)))
    return this.#join(names, writers)
  }

  async #load(names: readonly string[]): Promise<readonly string[]> {
    // One after another: they share the connection of the unit of work.
    const writers: FieldWriter[] = []
    for (const name of names) {
      const writer = await this.#writer(name)
      const test = this.#decisions.get(name)
      writers.push(isTest(test) ? await this.#guarded(writer, test) : writer)
    }
    return this.#join(names, writers)
  }

  #join(names: readonly string[], writers: readonly FieldWriter[]): readonly string[] {
    const { outside } = this.#serializer.naming
    const keys = names.map((name) => `${JSON.stringify(outside(name))}:`)
    return this.#rows.map((row, index) => {
      let text = ''
      for (let at = 0; at < writers.length; at++) {
        const value = writers[at]!(row, index)
        if (value !== '') text += `${text === '' ? '' : ','}${keys[at]}${value}`
      }
      return `{${text}}`
    })
  }

  #writer(name: string): Awaitable<FieldWriter> {
    const property = this.#serializer.description.properties.get(name)
    if (property) return columnWriter(name, valueWriter(property.value))
    const nested = this.#serializer.nested.get(name)
    return nested ? this.#nestedWriter(nested) : this.#computedWriter(this.#serializer.definition.spec.computed![name]!)
  }

  async #guarded(writer: FieldWriter, test: FieldTest): Promise<FieldWriter> {
    const allowed: boolean[] = []
    for (const row of this.#rows) allowed.push(await test(row as never))
    return (row, index) => (allowed[index] ? writer(row, index) : '')
  }

  async #nestedWriter(nested: CompiledNested): Promise<FieldWriter> {
    const { name, relation, serializer, max, orderBy, scope } = nested
    const { call, related, fields, include } = this.#request
    const columns = neededColumns(serializer, await serializer.readDecisions(call))
    const found = await related(this.#rows, {
      entity: this.#serializer.description.entity,
      relation: name,
      max,
      orderBy,
      ...(scope && { scope: scope(call as never) }),
      ...(columns && { columns }),
    })
    const below = { call, related, ...branch('fields', fields, name), ...branch('include', include, name) }
    const flat = found.flatMap(({ rows }) => rows)
    const texts = await represent(serializer, flat, below)
    const more = serializer.naming.outside('hasMore')
    let next = 0
    const own = found.map(({ rows, hasMore }) => {
      const taken = texts.slice(next, (next += rows.length))
      return relation.many ? `{"data":${jsonList(taken)},"${more}":${hasMore}}` : (taken[0] ?? 'null')
    })
    return (_row, index) => own[index]!
  }

  async #computedWriter({ requires, values }: AnyComputed): Promise<FieldWriter> {
    const { call, related } = this.#request
    const { own, others } = requiredParts(requires)
    const views = this.#rows.map((row) => picked(row, own))
    for (const [relation, columns] of others) {
      const { entity, relations } = this.#serializer.description
      // Without its key, a row of nothing but nulls is taken for none.
      const key = relations
        .get(relation)!
        .target()
        .primary.map(({ name }) => name)
      const asked = [...new Set([...key, ...columns])]
      const found = await related(this.#rows, { entity, relation, max: 1, orderBy: [], columns: asked })
      for (const [index, { rows }] of found.entries()) {
        views[index]![relation] = rows[0] ? picked(rows[0], columns) : null
      }
    }
    const made = await values(views as never[], call as never)
    if (made.length !== views.length) {
      throw new Error(`A computed field gave ${made.length} values for ${views.length} rows.`)
    }
    return (_row, index) => jsonOf(made[index])
  }
}

const isTest = (decision: FieldDecision | undefined): decision is FieldTest => typeof decision === 'function'

function columnWriter(name: string, write: (value: unknown) => string): FieldWriter {
  return (row) => {
    const value = (row as Readonly<Record<string, unknown>>)[name]
    return value === null || value === undefined ? 'null' : write(value)
  }
}

function picked(row: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, (row as Readonly<Record<string, unknown>>)[name]]))
}
