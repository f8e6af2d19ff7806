import { type Optioned, type OptionNames, requireKnown } from '../helpers/known-options.js'
import type { GenericViewSetOptions } from './generic-viewset.js'
import type { FilterDeclaration } from './lists/list-options.js'
import type { SearchOptions } from './lists/search-provider.js'
import type { BulkActionOptions } from './mixins/bulk-action-mixin.js'
import type { ViewRowsOptions } from './mixins/view-rows-mixin.js'
import type { ViewSetClass } from './mixins/viewset-class.js'
import type { ModelViewSetOptions, StandardAction } from './model-viewset.js'
import type { Pagination } from './pagination.js'
import type { AnyParentOptions } from './parents/parent-options.js'

/** The options of viewsets of an entity. */
export const viewSetOptions: OptionNames<GenericViewSetOptions<unknown, unknown, unknown>> = {
  serializer: true,
  service: true,
  pagination: true,
  problems: true,
  requirePrecondition: true,
  idempotency: true,
  lookup: true,
  scope: true,
  parent: true,
  filters: true,
  search: true,
  ordering: true,
  defaultOrdering: true,
  examples: true,
}

/** Those of viewsets with the standard actions. */
export const modelViewSetOptions: OptionNames<ModelViewSetOptions<unknown, unknown, unknown>> = {
  ...viewSetOptions,
  only: true,
  permissions: true,
  verbs: true,
}

/** What a rule may be given for. */
export const ruledActions: OptionNames<Record<StandardAction | '*', true>> = {
  list: true,
  retrieve: true,
  create: true,
  update: true,
  partialUpdate: true,
  destroy: true,
  '*': true,
}

const paginationOptions: OptionNames<Pagination> = {
  style: true,
  size: true,
  max: true,
  clamp: true,
  count: true,
  sealed: true,
}

/** The options of the row above. */
export const parentOptions: OptionNames<AnyParentOptions> = { relation: true, by: true, parameter: true, allow: true }

const countOptions = { capped: true } as const
const filterOptions: OptionNames<Exclude<FilterDeclaration, readonly unknown[]>> = {
  operators: true,
  as: true,
  json: true,
}
const searchOptions: OptionNames<SearchOptions> = { fields: true, provider: true }

/**
 * Looks for options that pages do not have.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requirePagination(pagination: Pagination | undefined, optioned: Optioned): void {
  requireKnown(pagination, paginationOptions, optioned)
  if (typeof pagination?.count === 'object')
    requireKnown(pagination.count, countOptions, { ...optioned, within: 'count' })
}

/**
 * Looks for options that filters and searches do not have.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireListChoices({ filters, search }: AnyListChoices, optioned: Optioned): void {
  for (const [path, declared] of Object.entries(filters ?? {})) {
    if (!Array.isArray(declared)) requireKnown(declared, filterOptions, { ...optioned, within: `filters.${path}` })
  }
  if (!Array.isArray(search)) requireKnown(search, searchOptions, { ...optioned, within: 'search' })
}

interface AnyListChoices {
  readonly filters?: Readonly<Record<string, FilterDeclaration | undefined>>
  readonly search?: unknown
}

/** The options of mixins that add actions under one rule. */
export const ruleOptions = { allow: true } as const

/** The options of `BulkActionMixin`. */
export const bulkOptions: OptionNames<BulkActionOptions<ViewSetClass>> = {
  allow: true,
  actions: true,
  permissions: true,
  max: true,
  maxByFilter: true,
  perItem: true,
  version: true,
}

/** The options of `ViewRowsMixin`. */
export const viewRowsOptions: OptionNames<ViewRowsOptions<ViewSetClass>> = {
  view: true,
  path: true,
  allow: true,
  remove: true,
}

/** What `ViewRowsMixin` is told of removal. */
export const removalOptions = { verb: true, allow: true } as const

/** The rules of `UpdateMixin`, where there is one for each action. */
export const updateRules = { update: true, partialUpdate: true } as const
