import type { Id, Ids, Receipt } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ServiceResult } from '../../service/service-result.js'
import type { RowCall } from '../call.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { repositoryOf, serviceOf } from '../mixins/viewset-parts.js'
import type { Outcome } from '../outcome.js'
import { asException } from '../problem/as-exception.js'
import { running } from '../running.js'
import { placedException, placedResult } from './placed-errors.js'

type VerbMethod = (ids: Ids, input: object) => Promise<Receipt> | Promise<ServiceResult<Receipt>>

/** Carries out a verb: by the service of the viewset, where that has a method of its name, or else by the repository. */
export async function runVerb(
  viewSet: EntityViewSet,
  verb: string,
  ids: Ids,
  input: object,
): Promise<ServiceResult<Receipt> | Receipt> {
  try {
    return placedResult(await methodOf(viewSet, verb)(ids, input), input)
  } catch (error) {
    throw placedException(error, asException(error, running().host.translate), input)
  }
}

function methodOf(viewSet: EntityViewSet, verb: string): VerbMethod {
  const service = serviceOf<Readonly<Record<string, VerbMethod | undefined>>>(viewSet)
  if (typeof service?.[verb] === 'function') return (ids, input) => service[verb]!(ids, input)
  const repository = repositoryOf(viewSet) as unknown as Readonly<Record<string, VerbMethod>>
  return (ids, input) => repository[verb]!(ids, input)
}

/** Carries out a verb on the row of a call, and gives the row as it is then; nothing where the verb removes rows. */
export async function runVerbOnRow(
  viewSet: EntityViewSet,
  verb: string,
  { row, body }: RowCall<EntityRow, object | undefined>,
): Promise<Outcome<EntityRow>> {
  const repository = repositoryOf(viewSet)
  const [key] = repository.metadata.primaryColumns
  const id = key!.getEntityValue(row) as Id
  const done = await runVerb(viewSet, verb, id, body ?? {})
  if ('success' in done && !done.success) return done
  if (repository.model.verbs[verb]?.hard) return undefined
  // The verb may have hidden it, and it is answered all the same.
  return (await repository.unscoped().findById(id)) ?? undefined
}
