import { createHash } from 'node:crypto'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { asDeclared, type Naming } from '../../helpers/naming.js'
import { RecentMap } from '../../helpers/recent-map.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { KeyValue, Position } from '../../orm/lists/keyset.js'
import { type ListedRows, type ListOptions, ListQuery } from '../../orm/lists/list-query.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import { namedMembers } from '../../serializer/value-schema.js'
import type { PageTarget } from '../page-links.js'
import { type CursorPagination, sizeParameter } from '../pagination.js'
import { invalidQuery, parseQueryString } from '../query/parse-query-string.js'
import type { ParameterReading, QueryParameter } from '../query/query-reader.js'
import { type Cursor, type CursorCodec, cursorLimit } from './cursor-codec.js'
import type { Page, PageRequest, Pager } from './pager.js'

/** What cursors of a list are made with. */
export interface CursorParts {
  readonly codec: CursorCodec
  readonly primary: readonly ColumnPath[]
  /** Whether everybody who reads a row of the list reads the value of a sort key as it is stored. */
  readonly isShown: (path: ColumnPath) => boolean
  readonly naming?: Naming
}

interface PartsInUse extends CursorParts {
  /** The parameters that do not tell one list from another. */
  readonly notFilters: ReadonlySet<string>
  /** The marks of lists that were asked for, by their order and what was sent. */
  readonly marks: RecentMap<string>
}

/** Lets lists be read on from a row, in both directions. */
export function cursorPager(pagination: CursorPagination, parts: CursorParts): Pager {
  const { naming = asDeclared } = parts
  const inUse = {
    ...parts,
    notFilters: new Set(namesBesideFilters.map(naming.outside)),
    marks: new RecentMap<string>(mostMarks),
  }
  return {
    parameters: [cursorParameter(parts.codec, naming), sizeParameter(pagination, naming)],
    checks: [],
    schema: namedMembers(paginationSchema, naming),
    page: (request) => readPage(request, inUse),
  }
}

const cursorSchema = { type: ['string', 'null'], maxLength: cursorLimit }

const paginationSchema: SchemaObject = {
  type: 'object',
  properties: {
    pageSize: { type: 'integer', minimum: 1 },
    hasNext: { type: 'boolean' },
    hasPrevious: { type: 'boolean' },
    nextCursor: cursorSchema,
    previousCursor: cursorSchema,
  },
  required: ['pageSize', 'hasNext', 'hasPrevious', 'nextCursor', 'previousCursor'],
  additionalProperties: false,
}

const invalid = { code: 'invalid_cursor', message: 'is no cursor of this list; read it from the first page again' }
const mismatch = {
  code: 'cursor_mismatch',
  message: 'belongs to a list with other filters or another order; read it from the first page again',
}

function cursorParameter(codec: CursorCodec, { outside }: Naming): QueryParameter {
  return {
    name: 'cursor',
    description: {
      name: 'cursor',
      in: 'query',
      description: `Where to read on: \`${outside('nextCursor')}\` or \`${outside('previousCursor')}\` of another page of the same list.`,
      schema: { type: 'string', maxLength: cursorLimit },
    },
    read: (text): ParameterReading => {
      if (text === undefined) return { value: undefined }
      const value = codec.read(text)
      return value ? { value } : invalid
    },
  }
}

function readPage<R>(request: PageRequest<R>, parts: PartsInUse): Awaitable<Page<R>> {
  const { options, query } = request
  const cursor = query['cursor'] as Cursor | undefined
  const mark = markOf(request, parts)
  if (cursor && cursor.mark !== mark) throw invalidQuery([{ parameter: 'cursor', ...mismatch }])
  const pageSize = query['pageSize'] as number
  return andThen(cursor && positionOf(cursor, request, parts), (from) =>
    andThen(request.read(options, { limit: pageSize, looksAhead: true, ...(from && { from }) }, true), (read) =>
      pageOf(read, { pageSize, from, mark, options }, parts),
    ),
  )
}

interface Cut {
  readonly pageSize: number
  readonly from: Position | undefined
  readonly mark: string
  readonly options: ListOptions
}

function pageOf<R>(
  { rows, keys, goesOn }: ListedRows<R>,
  { pageSize, from, mark, options }: Cut,
  parts: CursorParts,
): Page<R> {
  const backwards = from?.backwards ?? false
  const hasNext = rows.length > 0 && (backwards || goesOn)
  const hasPrevious = rows.length > 0 && (backwards ? goesOn : from !== undefined)
  const beside = (index: number, back: boolean): string =>
    cursorText({ mark, backwards: back, values: keys.at(index)! }, options, parts)
  const nextCursor = hasNext ? beside(-1, false) : null
  const previousCursor = hasPrevious ? beside(0, true) : null
  return {
    rows,
    pagination: { pageSize, hasNext, hasPrevious, nextCursor, previousCursor },
    targets: targetsOf(pageSize, nextCursor, previousCursor),
  }
}

interface Beside {
  readonly mark: string
  readonly backwards: boolean
  readonly values: readonly KeyValue[]
}

/** A row whose sort keys are too long for a cursor is known by its primary key alone, which ends the sort keys. */
function cursorText(
  { mark, backwards, values }: Beside,
  { keys }: ListOptions,
  { codec, primary, isShown }: CursorParts,
): string {
  // What a row shows needs not be hidden in the cursor that stands at it.
  const form = keys.every(({ path }) => isShown(path)) ? 'open' : 'sealed'
  const text = codec.write({ mark, backwards, at: { values } }, form)
  if (text.length <= cursorLimit) return text
  const key = primary.map(
    (path) =>
      values[keys.findIndex((one) => one.path.column === path.column && one.path.relations.length === 0)] ?? null,
  )
  return codec.write({ mark, backwards, at: { key } }, form)
}

function positionOf({ at, backwards }: Cursor, request: PageRequest, parts: CursorParts): Awaitable<Position> {
  return 'values' in at ? { values: at.values, backwards } : positionOfRow({ at, backwards }, request, parts)
}

interface RowCursor extends Pick<Cursor, 'backwards'> {
  readonly at: { readonly key: readonly KeyValue[] }
}

/** A cursor that knows no more than which row it stands at. */
async function positionOfRow(
  { at, backwards }: RowCursor,
  request: PageRequest,
  parts: CursorParts,
): Promise<Position> {
  const conditions = parts.primary.map((path, index) => ({
    path,
    test: { op: 'eq', value: at.key[index] ?? '' } as const,
  }))
  const list = new ListQuery(request.selection, { conditions, keys: request.options.keys })
  const { keys } = await list.read({ limit: 1 }, true)
  const [values] = keys
  if (!values) throw invalidQuery([{ parameter: 'cursor', ...invalid }])
  return { values, backwards }
}

const namesBesideFilters = ['cursor', 'pageSize', 'ordering', 'fields', 'include']

/** The most marks that are kept of one list. */
const mostMarks = 100

/** Tells lists apart by their address, their order and their filters. */
function markOf({ options: { keys }, path, queryString }: PageRequest, { notFilters, marks }: PartsInUse): string {
  const order = keys.map((key) => [key.path.text, key.path.kind.kind, key.direction])
  const sent = queryString.split('&').filter((part) => !notFilters.has(part.split('=', 1)[0]!))
  const asked = [path, order.join(), ...sent].join('\0')
  const known = marks.get(asked)
  if (known !== undefined) return known
  const filters = [...parseQueryString(queryString)].filter(([name]) => !notFilters.has(name)).toSorted(byName)
  const mark = createHash('sha256')
    .update(JSON.stringify([path.replace(/\/$/, ''), order, filters]))
    .digest('base64url')
    .slice(0, 16)
  marks.set(asked, mark)
  return mark
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

function targetsOf(pageSize: number, next: string | null, previous: string | null): readonly PageTarget[] {
  return [
    { relation: 'first', parameters: { pageSize } },
    ...(previous === null ? [] : [{ relation: 'prev', parameters: { cursor: previous, pageSize } } as const]),
    ...(next === null ? [] : [{ relation: 'next', parameters: { cursor: next, pageSize } } as const]),
  ]
}
