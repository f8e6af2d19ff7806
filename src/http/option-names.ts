import type { OptionNames } from '../helpers/known-options.js'
import type { GenericViewSetOptions } from './generic-viewset.js'
import type { BulkActionOptions } from './mixins/bulk-action-mixin.js'
import type { ViewRowsOptions } from './mixins/view-rows-mixin.js'
import type { ViewSetClass } from './mixins/viewset-class.js'
import type { ModelViewSetOptions, StandardAction } from './model-viewset.js'
import type { Pagination } from './pagination.js'

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

/** The options of pages. */
export const paginationOptions: OptionNames<Pagination> = {
  style: true,
  size: true,
  max: true,
  clamp: true,
  count: true,
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
