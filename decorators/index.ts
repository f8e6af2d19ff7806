export { Action } from './action.js'
export { Allow } from './allow.js'
export { AlwaysUnique } from './always-unique.js'
export {
  type AuditEntry,
  type AuditedRepository,
  type AuditFilter,
  auditOf,
  auditTrail,
  type RowKey,
} from './audited/audit-of.js'
export type { AuditOptions } from './audited/audit-table.js'
export { type Reverted, revertTo } from './audited/revert-to.js'
export { Audited } from './audited.js'
export { BaseModel } from './base-model.js'
export { CacheResponse, type CacheResponseDecorator, type ClassCacheOptions, cacheResponse } from './cache-response.js'
export { ConcurrencyLimit, type ConcurrencyLimitOptions, concurrencyLimit } from './concurrency-limit.js'
export { DefaultOrdering } from './default-ordering.js'
export { LogRequest, type LogRequestDecorator, logRequest } from './log-request.js'
export { type HasMetadata, Metadata, type MetadataIndex } from './metadata.js'
export { OnDelete } from './on-delete.js'
export { healLists, type ListProblem, verifyLists } from './orderable/heal-lists.js'
export { type Place, withPlace } from './orderable/place.js'
export {
  type ListName,
  type OrderedRepository,
  positionsOf,
  type ReadList,
  readList,
} from './orderable/read-list.js'
export { Orderable, type Ordered, orderable } from './orderable.js'
export { type HasRank, Ranked, ranked } from './ranked.js'
export {
  type ActionLimitDecorator,
  type CallLimitDecorator,
  type CallLimitOptions,
  type CommonLimit,
  type NoRateLimit,
  type PlainLimitDecorator,
  type PlainLimitOptions,
  RateLimit,
  type RateLimitOptions,
  rateLimit,
} from './rate-limit.js'
export { Resource } from './resource.js'
export { type ScopeDefinitions, type ScopeViews, scopes } from './scopes.js'
export {
  type FoundByIdOrSlug,
  type FoundBySlug,
  findByIdOrSlug,
  findBySlug,
  type SlugGroup,
} from './sluggable/find-by-slug.js'
export { type ReslugOptions, reslugAll } from './sluggable/reslug-all.js'
export type { SlugCandidate, SluggableOptions } from './sluggable/slug-options.js'
export { withNumberedSlugs } from './sluggable/slug-register.js'
export type { SluggedRepository, SlugsIn } from './sluggable/slug-source.js'
export { slugWithId } from './sluggable/slug-with-id.js'
export { Sluggable, type Slugged } from './sluggable.js'
export { type DeletedBy, type SoftDeletable, SoftDelete } from './soft-delete.js'
export { SoftDeleteViewSetMixin, type TrashActions, type TrashRules } from './soft-delete-viewset.js'
export { StampOn } from './stamp-on.js'
export { type TimestampFields, TimestampMixin } from './timestamp-mixin.js'
export {
  type GivenTimestamps,
  type Timestamped,
  Timestamps,
  withoutTimestamps,
  withTimestamps,
} from './timestamps.js'
export { TouchParent, type TouchParentOptions } from './touch-parent.js'
export { type UuidIdentified, UuidPk } from './uuid-pk.js'
export { expectVersion, type HasVersion, Versioned } from './versioned.js'
export { WhenHidden } from './when-hidden.js'
