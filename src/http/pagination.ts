import type { Mistakes } from '../errors/definition-error.js'
import { asDeclared } from '../helpers/naming.js'
import type { ParameterReading, QueryCheck, QueryParameter } from './query/query-reader.js'

interface PageSizes {
  /** The rows on a page where the caller asks for no number; 20 unless told. */
  readonly size?: number
  /** The most rows a caller may ask for; 100 unless told, 1000 at most. */
  readonly max?: number
  /** Whether who asks for more is given the most, instead of being refused. */
  readonly clamp?: boolean
}

/**
 * How rows are counted: `exact`, all of them, which reads them all; `capped`, up to 10,000 or another number; `estimate`,
 * what the engine expects by its statistics, capped where it keeps none; `none`.
 */
export type CountPolicy = 'exact' | 'capped' | 'estimate' | 'none' | { readonly capped: number }

/** Lists are cut into pages by number: `?page=2&pageSize=20`. */
export interface NumberedPagination extends PageSizes {
  readonly style: 'page'
  /** `capped` unless told. */
  readonly count?: CountPolicy
}

/** Lists are read on from a row: `?cursor=…&pageSize=20`. No row is skipped or seen twice, however deep. */
export interface CursorPagination extends PageSizes {
  readonly style: 'cursor'
  readonly count?: 'none'
  /** Whether cursors are encrypted though the rows show what they hold: addresses are kept in logs and histories. */
  readonly sealed?: boolean
}

/** How lists are cut into pages. */
export type Pagination = NumberedPagination | CursorPagination

/** The page a caller asked for. */
export interface PageQuery {
  readonly page: number
  readonly pageSize: number
}

/** The sizes that hold where a pagination says nothing. */
export const paginationDefaults = { size: 20, max: 100, greatestMax: 1000, counted: 10_000 } as const

/** The last row that can be reached by page number: what lies behind it costs the database too much to skip. */
const deepestRow = 10_000

/** The parameter that says how many rows a page has. */
export function sizeParameter(
  { max = paginationDefaults.max, size = Math.min(paginationDefaults.size, max), clamp = false }: PageSizes,
  { outside } = asDeclared,
): QueryParameter {
  return {
    name: 'pageSize',
    outside: outside('pageSize'),
    description: {
      name: outside('pageSize'),
      in: 'query',
      description: clamp ? `How many rows a page has; at most ${max}.` : 'How many rows a page has.',
      schema: { type: 'integer', minimum: 1, maximum: clamp ? greatestNumber : max, default: size },
    },
    read: (text) => (clamp ? clamped(readNumber(text, size), max) : readNumber(text, size, max)),
  }
}

/** The query parameters of a list with numbered pages. */
export function pageParameters(pagination: NumberedPagination, naming = asDeclared): readonly QueryParameter[] {
  return [
    {
      name: 'page',
      description: {
        name: 'page',
        in: 'query',
        description: `Which page; the first is 1. Only the first ${deepestRow} rows can be reached.`,
        schema: { type: 'integer', minimum: 1, maximum: deepestRow, default: 1 },
      },
      read: (text) => readNumber(text, 1),
    },
    sizeParameter(pagination, naming),
  ]
}

const number = /^[1-9][0-9]{0,8}$/
const greatestNumber = 999_999_999

function clamped(reading: ParameterReading, max: number): ParameterReading {
  return 'value' in reading ? { value: Math.min(reading.value as number, max) } : reading
}

function readNumber(text: string | undefined, otherwise: number, max?: number): ParameterReading {
  if (text === undefined) return { value: otherwise }
  if (!number.test(text)) return { code: 'number', message: 'must be a whole number from 1, in digits' }
  const value = Number(text)
  if (max === undefined || value <= max) return { value }
  return { code: 'max', message: `must be at most ${max}`, params: { max } }
}

/** Refuses a page that is too deep to be reached by its number. */
export const checkDepth: QueryCheck = (query) => {
  const { page, pageSize } = query as unknown as PageQuery
  if (page * pageSize <= deepestRow) return undefined
  return {
    parameter: 'page',
    code: 'page_too_deep',
    message: `only the first ${deepestRow} rows can be reached by page number`,
    params: { max: deepestRow },
  }
}

/** Adds what is wrong with a pagination. */
export function verifyPagination(pagination: Pagination, subject: string, mistakes: Mistakes): void {
  const problem = problemOf(pagination)
  if (problem === undefined) return
  mistakes.add({
    code: 'E_PAGINATION',
    subject,
    problem,
    places: [],
    remedy: 'Change `style`, `size`, `max`, `count` or `sealed` of its pagination.',
  })
}

const policies: readonly unknown[] = ['exact', 'capped', 'estimate', 'none']

/** Types refuse some of this too; they may have been silenced. */
function problemOf(pagination: Pagination): string | undefined {
  const { style, size, max = paginationDefaults.max, count } = pagination
  const { greatestMax } = paginationDefaults
  const cut: unknown = style
  if (cut !== 'page' && cut !== 'cursor') return `pages are cut by "${String(cut)}"; it must be "page" or "cursor".`
  if (style === 'cursor' && count !== undefined && count !== 'none') {
    return 'rows are counted, but who reads on from a cursor is told no number.'
  }
  if (style === 'page' && 'sealed' in pagination) return 'it has no cursors that could be sealed.'
  if (!Number.isInteger(max) || max < 1 || max > greatestMax) {
    return `the largest page is ${max} rows; it must be from 1 to ${greatestMax}.`
  }
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > max)) {
    return `pages have ${size} rows; they must have from 1 to the largest, ${max}.`
  }
  if (typeof count === 'string' && !policies.includes(count)) {
    return `rows are counted by "${count}"; it must be ${policies.join(', ')} or { capped: n }.`
  }
  if (typeof count !== 'object' || (Number.isSafeInteger(count.capped) && count.capped >= 1)) return undefined
  return `rows are counted up to ${count.capped}; it must be a whole number from 1.`
}
