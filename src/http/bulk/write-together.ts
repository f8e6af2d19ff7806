import type { Id, Receipt } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ScopedRepository } from '../../orm/model-repository.js'
import { storedRows } from '../../orm/stored-row.js'
import { insertRows } from '../../orm/writes/by-statement/insert-rows.js'
import type { ServiceResult } from '../../service/service-result.js'
import type { Exchange } from '../exchange.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { repositoryOf, serviceOf } from '../mixins/viewset-parts.js'
import { exceptionOf } from '../problem/failure-exception.js'
import { runVerb } from '../verbs/run-verb.js'
import { modelOf } from '../viewset.js'
import type { BulkPlan } from './bulk-plan.js'
import { keyOf } from './find-rows.js'

/** What a service that writes many rows by one call has. */
export interface ManyRowsService {
  createMany(values: readonly object[]): Answered<readonly EntityRow[]>
  updateMany(idsOrRows: readonly (Id | EntityRow)[], values: object): Answered<readonly EntityRow[]>
  deleteMany(idsOrRows: readonly (Id | EntityRow)[]): Answered<undefined>
}

type Answered<T> = ServiceResult<T> | Promise<ServiceResult<T>>

/** What one call has written. */
export interface Written {
  /** The rows as they are now; none where they were removed. */
  readonly rows: readonly (EntityRow | undefined)[]
  readonly answer?: unknown
}

/** Who writes the rows of a call, and how. */
interface Writing {
  readonly viewSet: EntityViewSet
  readonly plan: BulkPlan
  readonly repository: ScopedRepository<EntityRow>
  /** The service of the viewset, where it has one. */
  readonly service: ManyRowsService | undefined
}

/** Does to all rows of a call what is to be done: by the service of the viewset, or else by the repository. */
export async function writeTogether(
  viewSet: EntityViewSet,
  calls: readonly Exchange[],
  plan: BulkPlan,
): Promise<Written> {
  const repository = repositoryOf(viewSet)
  const writing = { viewSet, plan, repository, service: serviceOf<ManyRowsService>(viewSet) }
  const rows = calls.map(({ row }) => row as EntityRow)
  const values = calls[0]?.body ?? {}
  switch (plan.kind) {
    case 'create':
      return { rows: await createAll(calls, writing) }
    case 'update':
      return { rows: await updateAll(rows, values, writing) }
    case 'delete':
      await deleteAll(rows, writing)
      return { rows: [] }
    default:
      return carryOut(rows, values, writing)
  }
}

async function createAll(calls: readonly Exchange[], { viewSet, repository, service }: Writing) {
  const { scope } = modelOf(viewSet)
  const values = calls.map((call) => ({ ...(call.body as object), ...scope?.(call) }))
  if (service) return dataOf(await service.createMany(values))
  const rows = values.map((one) => repository.create(one))
  // What fails here undoes all of them: who catches it has opened a savepoint.
  return insertRows(repository, rows, { undone: true })
}

async function updateAll(rows: readonly EntityRow[], values: object, { plan, repository, service }: Writing) {
  if (service) return dataOf(await service.updateMany(rows, values))
  const keys = rows.map((row) => keyOf(row, plan))
  if (Object.keys(values).length > 0) await repository.update(keys, values)
  return storedRows(repository, keys)
}

async function deleteAll(rows: readonly EntityRow[], { plan, repository, service }: Writing): Promise<void> {
  if (service) dataOf(await service.deleteMany(rows))
  else await repository.delete(rows.map((row) => keyOf(row, plan)))
}

async function carryOut(
  found: readonly EntityRow[],
  input: object,
  { viewSet, plan, repository }: Writing,
): Promise<Written> {
  const verb = plan.action.verb!
  const keys: readonly Id[] = found.map((row) => keyOf(row, plan))
  const receipt: Receipt & { readonly answer?: unknown } = dataOf(await runVerb(viewSet, verb, keys, input))
  const rows = plan.model.entity.verbs[verb]?.hard ? [] : await storedRows(repository, keys)
  return { rows, answer: receipt.answer }
}

/** The data of a result. @throws what a failure stands for. */
export function dataOf<T>(answered: ServiceResult<T> | T): T {
  const result = answered as ServiceResult<T>
  if (typeof result !== 'object' || result === null || !('success' in result)) return answered as T
  if (!result.success) throw exceptionOf(result)
  return result.data
}
