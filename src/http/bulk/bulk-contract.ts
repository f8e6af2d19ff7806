import type { BodyContract } from '../body/body-contract.js'
import type { BulkLimits } from './bulk-options.js'
import { type BulkKind, compileBulk } from './bulk-plan.js'
import { BulkRequest } from './bulk-request.js'
import { bulkReader } from './read-bulk.js'

/** The body of a bulk action. */
export function bulkContract(kind: BulkKind, limits: BulkLimits): BodyContract {
  return (action, scene, mistakes) => {
    const plan = compileBulk(action, { kind, limits }, scene, mistakes)
    const read = bulkReader(plan)
    return async (body, exchange) => new BulkRequest(plan, await read(body, exchange), exchange)
  }
}
