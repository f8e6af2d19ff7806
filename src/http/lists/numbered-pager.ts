import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { calculatePagination } from '../../helpers/calculate-pagination.js'
import { asDeclared } from '../../helpers/naming.js'
import type { ListedRows } from '../../orm/lists/list-query.js'
import { readCount, readEstimate } from '../../orm/reads/read-count.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import { namedMembers } from '../../serializer/value-schema.js'
import type { PageTarget } from '../page-links.js'
import {
  type CountPolicy,
  checkDepth,
  type NumberedPagination,
  type PageQuery,
  pageParameters,
  paginationDefaults,
} from '../pagination.js'
import type { Page, PageRequest, Pager } from './pager.js'

/** A number of rows, and how far it is to be believed. */
interface Total {
  readonly totalItems: number
  readonly totalIsCapped?: boolean
  readonly totalIsEstimate?: boolean
}

type ReadRequest<R> = PageRequest<R> & { readonly query: PageRequest['query'] & PageQuery }

/** Cuts lists into numbered pages. */
export function numberedPager(pagination: NumberedPagination, naming = asDeclared): Pager {
  const total = totalBy(pagination.count ?? 'capped')
  return {
    parameters: pageParameters(pagination, naming),
    checks: [checkDepth],
    schema: namedMembers(paginationSchema(pagination.count ?? 'capped'), naming),
    page: <R>(request: PageRequest<R>) => readPage(request as ReadRequest<R>, total),
  }
}

function paginationSchema(count: CountPolicy): SchemaObject {
  const whole = { type: 'integer', minimum: 0 }
  const flag = { type: 'boolean' }
  const standing = {
    page: { type: 'integer', minimum: 1 },
    pageSize: { type: 'integer', minimum: 1 },
    hasNext: flag,
    hasPrevious: flag,
  }
  const counted = count === 'none' ? {} : { totalItems: whole, totalPages: whole }
  // An estimate that the engine cannot give is a capped count.
  const doubts = {
    ...((typeof count === 'object' || count === 'capped' || count === 'estimate') && { totalIsCapped: flag }),
    ...(count === 'estimate' && { totalIsEstimate: flag }),
  }
  const doubted = count === 'estimate' ? [] : Object.keys(doubts)
  return {
    type: 'object',
    properties: { ...standing, ...counted, ...doubts },
    required: [...Object.keys(standing), ...Object.keys(counted), ...doubted],
    additionalProperties: false,
  }
}

function readPage<R>(request: ReadRequest<R>, total: TotalReader | undefined): Awaitable<Page<R>> {
  const { options, query, read } = request
  const { page, pageSize } = query
  const slice = { limit: pageSize, offset: (page - 1) * pageSize, looksAhead: true }
  return andThen(read(options, slice, false), (listed) => pageOf(request, listed, total))
}

function pageOf<R>(
  { selection, options, query }: ReadRequest<R>,
  { rows, goesOn: hasNext }: ListedRows<R>,
  total: TotalReader | undefined,
): Awaitable<Page<R>> {
  const { page, pageSize } = query
  const offset = (page - 1) * pageSize
  const standing = { page, pageSize, hasNext, hasPrevious: page > 1 }
  if (!total) return { rows, pagination: standing, targets: numberedTargets(standing, undefined) }
  const ends = !hasNext && (rows.length > 0 || page === 1)
  const least = rows.length > 0 ? offset + rows.length + (hasNext ? 1 : 0) : 0
  return andThen(total({ selection, options }, ends ? offset + rows.length : undefined, least), (counted) => {
    const { totalPages } = calculatePagination(counted.totalItems, page, pageSize)
    const uncertain = counted.totalIsCapped || counted.totalIsEstimate
    return {
      rows,
      pagination: { page, pageSize, ...counted, totalPages, hasNext, hasPrevious: page > 1 },
      targets: numberedTargets(standing, uncertain ? undefined : totalPages),
    }
  })
}

/**
 * Finds out how many rows there are.
 * @param known how many there are, where the page has shown it.
 * @param least how many there are at least.
 */
type TotalReader = (list: Counted, known: number | undefined, least: number) => Awaitable<Total>

type Counted = Pick<PageRequest, 'selection' | 'options'>

function totalBy(count: CountPolicy): TotalReader | undefined {
  if (count === 'none') return undefined
  if (count === 'exact') {
    return (list, known, least) =>
      andThen(known ?? readCount(list.selection, list.options), (found) => ({
        totalItems: known ?? Math.max(least, found),
      }))
  }
  const capped = cappedAt(typeof count === 'object' ? count.capped : paginationDefaults.counted)
  return count === 'estimate' ? estimatedOr(capped) : capped
}

function cappedAt(most: number): TotalReader {
  return (list, known, least) =>
    andThen(known ?? readCount(list.selection, list.options, most + 1), (counted) => {
      const found = Math.max(least, counted)
      return {
        totalItems: known ?? Math.max(least, Math.min(found, most)),
        totalIsCapped: known === undefined && found > most,
      }
    })
}

function estimatedOr(capped: TotalReader): TotalReader {
  return (list, known, least) => {
    if (known !== undefined) return { totalItems: known, totalIsEstimate: false }
    return andThen<number | undefined, Total>(readEstimate(list.selection, list.options), (expected) =>
      expected === undefined
        ? capped(list, known, least)
        : { totalItems: Math.max(least, Math.round(expected)), totalIsEstimate: true },
    )
  }
}

interface Place {
  readonly page: number
  readonly pageSize: number
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/** The links of a numbered page: first, prev, next and last, as far as there are such pages and they are known. */
export function numberedTargets(
  { page, pageSize, hasNext, hasPrevious }: Place,
  totalPages: number | undefined,
): readonly PageTarget[] {
  const last = totalPages === undefined ? undefined : Math.max(totalPages, 1)
  const target = (relation: PageTarget['relation'], number: number): PageTarget => ({
    relation,
    parameters: { page: number, pageSize },
  })
  return [
    target('first', 1),
    ...(hasPrevious ? [target('prev', Math.min(page - 1, last ?? page - 1))] : []),
    ...(hasNext ? [target('next', page + 1)] : []),
    ...(last === undefined ? [] : [target('last', last)]),
  ]
}
