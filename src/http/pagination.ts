import type { Mistakes } from '../errors/definition-error.js'
import type { ParameterReading, QueryCheck, QueryParameter } from './query/query-reader.js'

/** How lists are cut into pages. */
export interface Pagination {
  /** By number: `?page=2&pageSize=20`. */
  readonly style: 'page'
  /** The rows on a page where the caller asks for no number; 20 unless told. */
  readonly size?: number
  /** The most rows a caller may ask for; 100 unless told, 1000 at most. */
  readonly max?: number
}

/** The page a caller asked for. */
export interface PageQuery {
  readonly page: number
  readonly pageSize: number
}

/** The sizes that hold where a pagination says nothing. */
export const paginationDefaults = { size: 20, max: 100, greatestMax: 1000 } as const

/** The last row that can be reached by page number: what lies behind it costs the database too much to skip. */
export const deepestRow = 10_000

/** The query parameters of a list. */
export function pageParameters({
  max = paginationDefaults.max,
  size = Math.min(paginationDefaults.size, max),
}: Pagination): readonly QueryParameter[] {
  return [
    { name: 'page', read: (text) => readNumber(text, 1) },
    { name: 'pageSize', read: (text) => readNumber(text, size, max) },
  ]
}

const number = /^[1-9][0-9]{0,8}$/

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
export function verifyPagination(
  { size, max = paginationDefaults.max }: Pagination,
  subject: string,
  mistakes: Mistakes,
): void {
  const { greatestMax } = paginationDefaults
  const problem =
    !Number.isInteger(max) || max < 1 || max > greatestMax
      ? `the largest page is ${max} rows; it must be from 1 to ${greatestMax}.`
      : size !== undefined && (!Number.isInteger(size) || size < 1 || size > max)
        ? `pages have ${size} rows; they must have from 1 to the largest, ${max}.`
        : undefined
  if (problem === undefined) return
  mistakes.add({ code: 'E_PAGINATION', subject, problem, places: [], remedy: 'Change `size` or `max`.' })
}
