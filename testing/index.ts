export type { BehaviourOptions, ContextOfRows } from './behaviour-options.js'
export { checkBehaviours } from './check-behaviours.js'
export { type CacheBackendCheck, checkCacheBackend } from './check-cache-backend.js'
export { type ExpectedQueries, expectQueries } from './expect-queries.js'
