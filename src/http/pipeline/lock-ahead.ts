import type { AnyClass } from '../../metadata/fact-kind.js'
import type { RowData } from '../../model/matches.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { parseId } from '../../orm/parse-id.js'
import { type Intent, lockAhead } from '../../orm/writes/lock-ahead.js'
import { acceptedInput } from '../../orm/writes/verb-input.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { runningRepository } from '../running.js'
import type { CompiledModel } from './compiled-model.js'

/** Takes the locks that rules want for the row of a request, before that is locked, where it is told what is done to it. */
export function lockingAhead(
  action: ActionModel,
  entity: AnyClass,
  model: CompiledModel | undefined,
): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const intent = model && intentOf(action, exchange, model)
    if (!intent) return
    const repository = runningRepository(entity as AnyClass<EntityRow>)
    const key = parseId(repository.metadata, exchange.params['id'] ?? '')
    if (key !== undefined) await lockAhead(repository, [key], intent)
  }
}

function intentOf(
  { name, verb, input }: ActionModel,
  { body }: Exchange,
  { entity }: CompiledModel,
): Intent | undefined {
  const compiled = verb === undefined ? undefined : entity.verbs[verb]
  if (verb !== undefined && compiled) {
    const accepted = acceptedInput(compiled.input, (body ?? {}) as RowData)
    return accepted && { kind: 'verb', name: verb, input: accepted }
  }
  if (name === 'destroy') return { kind: 'delete' }
  return input === 'patch' || input === 'replace'
    ? { kind: 'update', values: [body as RowData], valuesOf: () => body as RowData }
    : undefined
}
