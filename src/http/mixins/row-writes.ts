import { NotFoundError } from '../../errors/exceptions.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ScopedRepository } from '../../orm/model-repository.js'
import { storedRow } from '../../orm/stored-row.js'
import { insertRow } from '../../orm/writes/by-statement/insert-row.js'
import { asOneWrite, noteWritten } from '../../orm/writes/call-rows.js'
import { storable } from '../../orm/writes/known-properties.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { attempted } from '../../service/attempted.js'
import type { ServiceResult } from '../../service/service-result.js'
import { given } from '../../service/written-values.js'
import type { Call, RowCall } from '../call.js'
import { dataSourceOf } from '../host.js'
import { findUnknownKeys } from '../nested/find-unknown-keys.js'
import type { Part, RelatedWrites } from '../nested/related-writes.js'
import { isUnknownKeys, unknownKeys } from '../nested/unknown-keys.js'
import { ownValues, writeRelated, writtenRelations } from '../nested/write-related.js'
import { isSuccess, type Outcome } from '../outcome.js'
import { knownModelOf } from '../pipeline/compiled-model.js'
import { running } from '../running.js'
import { modelOf } from '../viewset.js'
import { isPlainService } from '../writing/plain-service.js'
import { isPlainHook } from './plain-hooks.js'
import type { EntityViewSet } from './viewset-class.js'
import { repositoryOf, serviceOf } from './viewset-parts.js'

/** What a viewset asks of its service. */
export interface RowService<E> {
  create(values: object): ServiceResult<E> | Promise<ServiceResult<E>>
  update(row: E, values: object): ServiceResult<E> | Promise<ServiceResult<E>>
  delete(row: E): ServiceResult<undefined> | Promise<ServiceResult<undefined>>
}

/** What stands for the service of a viewset that is given none: `this.service` has no members then. */
export interface NoService {
  readonly '~service': never
}

/** Makes a row of the body. What the scope of the viewset demands is not left to the caller. */
export async function createRow(viewSet: EntityViewSet, call: Call<object>): Promise<Outcome<EntityRow>> {
  const values = { ...call.body, ...modelOf(viewSet).scope?.(call) }
  const related = relatedWrites(call)
  if (!related) return createAlone(viewSet, values)
  return withRelated(related, { values, at: [] }, async (own) => noted(viewSet, await createAlone(viewSet, own)))
}

async function createAlone(viewSet: EntityViewSet, values: object): Promise<Outcome<EntityRow>> {
  const service = serviceOf<RowService<EntityRow>>(viewSet)
  const undone = isOnlyAction(viewSet)
  const isPlain = undone && service && isPlainService(service, 'create', modelOf(viewSet).entity, hostDataSource())
  if (service && !isPlain) return service.create(values)
  const repository = repositoryOf(viewSet)
  const row = repository.create(storable(repository.metadata, isPlain ? given(values) : values))
  // Not `save`: a key that the caller chose must never reach a row that is there already.
  const insert = () => insertRow(repository, row, { undone })
  return isPlain ? attempted(hostDataSource(), insert) : insert()
}

const hostDataSource = () => dataSourceOf(running().host)

/** Whether the running action does nothing but to make a row, so that an error of that ends its unit of work. */
function isOnlyAction(viewSet: EntityViewSet): boolean {
  const { create, performCreate } = viewSet as unknown as Readonly<Record<string, object>>
  return running().exchange.action.name === 'create' && [create, performCreate].every((one) => one && isPlainHook(one))
}

/** Writes the body to the row, and nothing else of it. */
export async function updateRow(viewSet: EntityViewSet, call: RowCall<EntityRow, object>): Promise<Outcome<EntityRow>> {
  const { row, body } = call
  const related = relatedWrites(call)
  if (!related) return updateAlone(viewSet, call, body)
  // What is written beside the row changes nothing of it.
  return withRelated(related, { values: body as Part['values'], at: [], row }, async (own) => {
    if (Object.keys(own).length === 0) return row
    const outcome = await updateAlone(viewSet, call, own)
    return isWrittenPlainly(viewSet, 'update') ? noted(viewSet, outcome) : outcome
  })
}

/** A service of its own may have written nothing of the row. */
function isWrittenPlainly(viewSet: EntityViewSet, method: string): boolean {
  const service = serviceOf<object>(viewSet)
  return !service || isPlainService(service, method, modelOf(viewSet).entity, hostDataSource())
}

/** Notes that a row is written, so that nothing that is written with it does so again. */
function noted(viewSet: EntityViewSet, outcome: Outcome<EntityRow>): Outcome<EntityRow> {
  const row = rowIn(outcome)
  if (row) noteWritten(repositoryOf(viewSet).metadata, [row])
  return outcome
}

async function updateAlone(
  viewSet: EntityViewSet,
  call: RowCall<EntityRow, object>,
  body: object,
): Promise<Outcome<EntityRow>> {
  const { row } = call
  const service = serviceOf<RowService<EntityRow>>(viewSet)
  if (service) return service.update(row, body)
  if (Object.keys(body).length === 0) return row
  const repository = repositoryOf(viewSet)
  // Not `save`: it would write what the row had when it was read, over what others wrote meanwhile.
  requireRow(await repository.update(criteriaOf(viewSet, call, repository), storable(repository.metadata, body)))
  const changed = Object.assign(Object.create(Object.getPrototypeOf(row) as object) as EntityRow, row, body)
  return storedRow(repository, changed)
}

/** Removes the row, or does what deleting means for its entity. */
export async function removeRow(viewSet: EntityViewSet, call: RowCall<EntityRow>): Promise<Outcome<EntityRow>> {
  const service = serviceOf<RowService<EntityRow>>(viewSet)
  if (service) return service.delete(call.row)
  const repository = repositoryOf(viewSet)
  requireRow(await repository.delete(criteriaOf(viewSet, call, repository)))
  return undefined
}

/** What writes the rows that belong to a row; undefined where the serializer has none that are written. */
function relatedWrites(call: Call): (RelatedWrites & { readonly serializer: CompiledSerializer }) | undefined {
  const { exchange, host } = running()
  const serializer = knownModelOf(exchange.action, host)?.serializer
  if (!serializer || writtenRelations(serializer).length === 0) return undefined
  return { serializer, call, dataSource: dataSourceOf(host), atEnd: [] }
}

/** Writes a row with the rows it refers to before, and those that refer to it behind; whatever is written, it is so once. */
function withRelated(
  writes: RelatedWrites & { readonly serializer: CompiledSerializer },
  part: Part,
  write: (own: object) => Awaitable<Outcome<EntityRow>>,
): Promise<Outcome<EntityRow>> {
  const { serializer } = writes
  const written = asOneWrite(async () => {
    const [own] = await ownValues(writes, serializer, [part])
    const outcome = await write(own ?? {})
    const row = rowIn(outcome)
    if (row instanceof serializer.description.entity) await writeRelated(writes, serializer, row, part)
    for (const look of writes.atEnd) await look()
    return outcome
  })
  return written.catch(async (error: unknown) => {
    if (!isUnknownKeys(error)) throw error
    const errors = await findUnknownKeys(writes, serializer, part)
    throw errors.length > 0 ? unknownKeys(errors) : error
  })
}

function rowIn(outcome: Outcome<EntityRow>): EntityRow | undefined {
  const data = typeof outcome === 'object' && outcome !== null && isSuccess(outcome) ? outcome.data : outcome
  return typeof data === 'object' && data !== null ? data : undefined
}

/** The row, as long as it is inside the scope: somebody may have taken it out since it was read. */
function criteriaOf(viewSet: EntityViewSet, call: RowCall<EntityRow>, { metadata }: ScopedRepository<EntityRow>) {
  // TypeORM refuses null among conditions, where it would mean "unknown".
  const scope = Object.entries(modelOf(viewSet).scope?.(call) ?? {}).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(scope), ...metadata.getEntityIdMap(call.row) }
}

function requireRow({ affected }: { readonly affected?: number | null }): void {
  if (affected === 0) throw new NotFoundError('There is no such row any more.')
}
