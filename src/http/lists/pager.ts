import type { Awaitable } from '../../helpers/awaitable.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ListedRows, ListOptions, ListSlice } from '../../orm/lists/list-query.js'
import type { Selection } from '../../orm/selection.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { PageTarget } from '../page-links.js'
import type { QueryCheck, QueryParameter } from '../query/query-reader.js'

/** A list of which a page is wanted. */
export interface PageRequest<R = unknown> {
  readonly selection: Selection<EntityRow>
  readonly options: ListOptions
  readonly query: Readonly<Record<string, unknown>>
  /** The address that was asked for, without its query. */
  readonly path: string
  /** As it was sent. */
  readonly queryString: string
  readonly read: ReadSlice<R>
}

/** Reads rows of a list, be it as entities or as something else. */
export type ReadSlice<R> = (options: ListOptions, slice: ListSlice, withKeys: boolean) => Awaitable<ListedRows<R>>

/** A page of a list. */
export interface Page<R = unknown> {
  readonly rows: readonly R[]
  /** What the answer says of the page. */
  readonly pagination: Readonly<Record<string, unknown>>
  readonly targets: readonly PageTarget[]
}

/** A way to cut lists into pages. */
export interface Pager {
  readonly parameters: readonly QueryParameter[]
  readonly checks: readonly QueryCheck[]
  /** The schema of what an answer says of its page. */
  readonly schema: SchemaObject
  page<R>(request: PageRequest<R>): Awaitable<Page<R>>
}
