/** Where a page stands among all of them. */
export interface PageInfo {
  readonly page: number
  readonly pageSize: number
  readonly totalItems: number
  readonly totalPages: number
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/**
 * Where a page stands. Pages count from 1; a page behind the last one is allowed and has nothing on it.
 * @throws {RangeError} for a number that is not a safe integer, is negative, or is a page or page size of 0.
 */
export function calculatePagination(totalItems: number, page: number, pageSize: number): PageInfo {
  requireInteger('totalItems', totalItems, 0)
  requireInteger('page', page, 1)
  requireInteger('pageSize', pageSize, 1)
  const totalPages = Math.ceil(totalItems / pageSize)
  return { page, pageSize, totalItems, totalPages, hasNext: page < totalPages, hasPrevious: page > 1 }
}

function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`${name} must be a whole number of at least ${least}, not ${String(value)}.`)
}
