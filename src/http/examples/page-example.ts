import type { Naming } from '../../helpers/naming.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import { type Pagination, paginationDefaults } from '../pagination.js'
import type { NamedExamples } from './named-examples.js'

/** A list that has some rows and no others, as an example of a page. */
export function pageExample(
  rows: NamedExamples,
  { max = paginationDefaults.max, size = Math.min(paginationDefaults.size, max) }: Pagination,
  schema: SchemaObject,
  { members }: Naming,
): NamedExamples {
  const data = Object.values(rows).slice(0, size)
  if (data.length === 0) return {}
  const known = members<unknown>({
    page: 1,
    pageSize: size,
    hasNext: false,
    hasPrevious: false,
    totalItems: data.length,
    totalPages: 1,
    totalIsCapped: false,
    totalIsEstimate: false,
    nextCursor: null,
    previousCursor: null,
  })
  const names = Object.keys(schema['properties'] as object)
  return { page: { data, pagination: Object.fromEntries(names.map((name) => [name, known[name]])) } }
}
