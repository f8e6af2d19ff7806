import type { EntityMetadata, UpdateResult } from 'typeorm'
import { ValidationError } from '../../errors/exceptions.js'
import type { RowData } from '../../model/matches.js'
import type { CompiledVerb, Contributed, Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { Id, Receipt } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import type { ModelEntityManager } from '../model-entity-manager.js'
import { parseId } from '../parse-id.js'
import type { VerbRequest, VerbRunner } from '../verb-runner.js'
import { remove } from './delete.js'
import { chunks, longestList } from './groups.js'
import { lockRows, type RowsAsked } from './planned-rows.js'
import { notFound } from './refusals.js'
import { sharedValues } from './row-change.js'
import { Scene } from './scene.js'
import { inSavepoint } from './transactions.js'
import { update } from './update.js'
import { checkedInput } from './verb-input.js'
import { markRuled, type Write, type WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** One call of a verb, with everything that is known before the database is asked. */
interface Call {
  readonly manager: ModelEntityManager
  readonly model: Model
  readonly metadata: EntityMetadata
  readonly verb: Contributed<CompiledVerb>
  readonly context: WriteContext<RowData>
}

/** Carries out verbs: one statement where their rules allow it, all rows or none. */
export const ruledVerbs: VerbRunner = {
  async run({ manager, model, verb: name, ids, input }: VerbRequest): Promise<Receipt> {
    const verb = model.verbs[name]
    if (!verb) throw new TypeError(`${model.name} has no verb "${name}".`)
    const dataSource = manager.dataSource as ModelDataSource
    const metadata = dataSource.getMetadata(model.entity)
    const context = newContext(dataSource, checkedInput(verb.input ?? {}, input))
    const call = { manager: manager as ModelEntityManager, model, metadata, verb, context }
    const affected = await writeAll(call, keysOf(call, ids))
    return Object.freeze({ operation: context.operation, affected })
  },
}

/** The primary keys, each once. An id that no row can have is one that is not found. */
function keysOf({ model, metadata }: Call, ids: readonly Id[]): readonly Id[] {
  if (ids.length === 0) throw new ValidationError('At least one id is needed.', { errorCode: 'NO_IDS' })
  const keys = ids.map((id) => parseId(metadata, id))
  if (keys.includes(undefined)) throw notFound(model)
  return [...new Set(keys as Id[])]
}

async function writeAll(call: Call, keys: readonly Id[]): Promise<number> {
  const [only] = keys
  // One row is written or not; of several some could stay behind.
  if (keys.length === 1) return write(call, [only!])
  return inSavepoint(statement(call, keys), async () => {
    if (call.verb.locks && !call.verb.hard) return writeInTurn(call, keys)
    let affected = 0
    for (const chunk of chunks(keys, longestList)) affected += await write(call, chunk)
    return affected
  })
}

/** Writes rows one after another, as they are named, so that each sees what became of the ones before. */
async function writeInTurn(call: Call, keys: readonly Id[]): Promise<number> {
  for (const chunk of chunks(keys, longestList)) await lockRows(asked(call, statement(call, chunk)))
  let affected = 0
  for (const [index, key] of keys.entries()) affected += await write(call, [key], { index, count: keys.length })
  return affected
}

/** The rows of a verb, as far as their locks are concerned. */
function asked(call: Call, builder: WriteBuilder): RowsAsked {
  const { model, verb, context } = call
  const rules = [verb, ...model.rules.update]
  const shared = sharedValues(rules, context)
  const scene = new Scene(builder, call, context)
  return { ...call, builder, rules, scene, after: (before) => ({ ...before, ...shared }), given: context.input }
}

/** The statement that writes the rows, seen without the scopes the verb does not see. */
function statement({ manager, metadata, verb }: Call, keys: readonly Id[]): WriteBuilder {
  const sight = { without: new Set(verb.without), where: [] }
  const builder = manager.createQueryBuilder().seeing(sight, metadata)
  const written = verb.hard ? builder.delete().from(metadata.target) : builder.update(metadata.target)
  return written.whereInIds(keys) as unknown as WriteBuilder
}

async function write(call: Call, keys: readonly Id[], place?: Write['place']): Promise<number> {
  const { model, verb, context } = call
  const builder = statement(call, keys)
  const expected = keys.length
  const run = () => markRuled(builder).execute() as Promise<UpdateResult>
  const { affected } = verb.hard
    ? await remove({ ...call, builder, rules: [verb], expected }, run)
    : await update(
        {
          ...call,
          builder,
          rules: [verb, ...model.rules.update],
          given: context.input,
          values: {},
          expected,
          ...(place && { place }),
        },
        run,
      )
  return affected ?? 0
}
