import type { DeleteResult, EntityMetadata, UpdateResult } from 'typeorm'
import { ValidationError } from '../../errors/exceptions.js'
import { UsageError } from '../../errors/usage-error.js'
import type { RowData } from '../../model/matches.js'
import type { CompiledVerb, Contributed, Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { Id, Receipt } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import { bringBack } from '../deletion/bring-back.js'
import { bringsOthers } from '../deletion/brings-others.js'
import { namingClashes } from '../deletion/clashes.js'
import { deleteRelated, isReferred } from '../deletion/delete-related.js'
import { lockDeletion } from '../deletion/lock-related.js'
import type { ModelEntityManager } from '../model-entity-manager.js'
import { soleKey } from '../sole-key.js'
import type { VerbRequest, VerbRunner } from '../verb-runner.js'
import { foreseenRow, type Outcome } from './by-statement/foreseen-row.js'
import { verbAlone } from './by-statement/verb-alone.js'
import { addUp, CallTally } from './call-tally.js'
import { chunks, longestList } from './groups.js'
import { passesTogether } from './passages.js'
import { lockRows, type RowsAsked } from './planned-rows.js'
import { rowsOf } from './read-rows.js'
import { notFound } from './refusals.js'
import { remove } from './remove.js'
import { sharedValues } from './row-change.js'
import { Scene } from './scene.js'
import { inCall, inCallOfMany } from './transactions.js'
import { update } from './update.js'
import { checkedInput } from './verb-input.js'
import { WholeCall } from './whole-call.js'
import { internalsOf, markRuled, type Write, type WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** One call of a verb, with everything that is known before the database is asked. */
interface Call {
  readonly manager: ModelEntityManager
  readonly model: Model
  readonly metadata: EntityMetadata
  readonly name: string
  readonly verb: Contributed<CompiledVerb>
  readonly context: WriteContext<RowData>
  readonly tally: CallTally
  /** The ids as they were given. */
  readonly ids: readonly Id[]
}

/** Carries out verbs: one statement where their rules allow it, all rows or none. */
export const ruledVerbs: VerbRunner = {
  async run({ manager, model, verb: name, ids, input }: VerbRequest): Promise<Receipt> {
    const verb = model.verbs[name]
    if (!verb) throw new UsageError('E_MISSING_PART', `${model.name} has no verb "${name}".`)
    const dataSource = manager.dataSource as ModelDataSource
    const metadata = dataSource.getMetadata(model.entity)
    const context = newContext(dataSource, checkedInput(verb.input ?? {}, input))
    const own = { manager: manager as ModelEntityManager, model, metadata }
    const call: Call = { ...own, verb, name, context, ids, tally: new CallTally() }
    const keys = keysOf(call, ids)
    const alone = keys.length === ids.length ? await verbAlone(call, keys) : undefined
    if (alone) return receiptOf(alone, keys.length, { [model.name]: keys.length })
    const { affected, answer } = (await foresee(call, keys)) ?? (await carryOut(call, keys))
    const { along } = call.tally
    const byEntity = { ...along, [model.name]: affected + (along[model.name] ?? 0) }
    const relinked = Object.keys(call.tally.relinked).length > 0 && { relinked: Object.freeze(call.tally.relinked) }
    const receipt = receiptOf(context, affected, byEntity)
    return relinked || verb.answer
      ? Object.freeze({ ...receipt, ...relinked, ...(verb.answer && { answer }) })
      : receipt
  },
}

/** What a call has done. */
function receiptOf(
  { operation }: Pick<WriteContext, 'operation'>,
  affected: number,
  byEntity: Receipt['byEntity'],
): Receipt {
  return Object.freeze({ operation, affected, byEntity: Object.freeze(byEntity) })
}

/** Writes the one row that a call names without reading it under its lock first, where the verb knows how. */
async function foresee(call: Call, keys: readonly Id[]): Promise<Outcome | undefined> {
  const { foresight } = call.verb
  if (!foresight || call.ids.length !== 1) return undefined
  return foreseenRow({ ...call, foresight, builder: statement(call, keys), id: keys[0]! })
}

function carryOut(call: Call, keys: readonly Id[]): Promise<Outcome> {
  if (!call.verb.answer) return writeAll(call, keys).then((affected) => ({ affected, answer: undefined }))
  const work = call.tally.repeatable(() => answered(call, keys))
  return inCall(statement(call, keys.slice(0, 1)), call.context, work)
}

async function answered(call: Call, keys: readonly Id[]): Promise<Outcome> {
  const { verb, context, tally } = call
  const { written } = tally
  const affected = await writeAll(call, keys)
  const scene = new Scene(statement(call, keys.slice(0, 1)), call, context)
  const answer = await verb.answer?.(written, scene.contextFor(verb, written[0] ?? {}) as never)
  return { affected, answer }
}

/** The primary keys, each once. An id that no row can have is one that is not found. */
function keysOf({ model, metadata, verb }: Call, ids: readonly Id[]): readonly Id[] {
  if (ids.length === 0) throw new ValidationError('At least one id is needed.', { errorCode: 'NO_IDS' })
  const keys = new Set(ids.map((id) => soleKey(metadata, id)))
  if (keys.delete(undefined) && !verb.named) throw notFound(model)
  return [...(keys as Set<Id>)]
}

function writeAll(call: Call, keys: readonly Id[]): Promise<number> {
  const { dataSource, queryRunner } = call.manager
  const { hard = false, undoes } = call.verb
  const brings = !hard && bringsOthers(dataSource, call.metadata, call.verb)
  if (!brings && (hard || undoes === undefined)) return writeNamed(call, keys)
  const back = () =>
    inCallOfMany(
      statement(call, keys),
      call.context,
      call.tally.repeatable(() => writeBack(call, keys)),
    )
  const read = async () => [{ ...call, rows: await rowsOf(statement(call, keys), call, false) }]
  const attempt = { ...call, dataSource, read, ...(queryRunner && { runner: queryRunner }) }
  return namingClashes(attempt, brings ? back : () => writeNamed(call, keys))
}

/** Writes the rows that are named, with which no others come. */
function writeNamed(call: Call, keys: readonly Id[]): Promise<number> {
  if (call.verb.together || call.verb.named) return writeOwn(call, keys).then(({ affected }) => affected ?? 0)
  // One row is written or not; of several some could stay behind.
  if (keys.length === 1) return write(call, keys)
  const work = call.tally.repeatable(() => writeChunks(call, keys))
  return inCall(statement(call, keys), call.context, work)
}

async function writeChunks(call: Call, keys: readonly Id[]): Promise<number> {
  if (call.verb.locks && !call.verb.hard && keys.length > 1) return writeInTurn(call, keys)
  if (!call.verb.hard && passesTogether(call.model)) return write(call, keys)
  let affected = 0
  for (const chunk of chunks(keys, longestList)) affected += await write(call, chunk)
  return affected
}

/** Writes rows and those that come along with them. */
async function writeBack(call: Call, keys: readonly Id[]): Promise<number> {
  const builder = statement(call, keys.slice(0, 1))
  const runner = internalsOf(builder).queryRunner ?? call.manager.dataSource.createQueryRunner()
  const read = async (locked: boolean) => {
    const rows: RowData[] = []
    for (const chunk of chunks(keys, longestList)) rows.push(...(await rowsOf(statement(call, chunk), call, locked)))
    return rows
  }
  const { model, metadata } = call
  const back = { model, metadata, read, write: () => writeChunks(call, keys) }
  const { affected, along, relinked } = await bringBack({ ...call, builder, runner }, back)
  for (const part of along) addUp(call.tally.along, { [part.model.name]: part.rows.length })
  addUp(call.tally.relinked, relinked)
  return affected
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
function statement(
  { manager, metadata, verb }: Pick<Call, 'manager' | 'metadata' | 'verb'>,
  keys: readonly Id[],
): WriteBuilder {
  const sight = { without: new Set(verb.without), where: [] }
  const builder = manager.createQueryBuilder().seeing(sight, metadata)
  const written = verb.hard ? builder.delete().from(metadata.target) : builder.update(metadata.target)
  return written.whereInIds(keys) as unknown as WriteBuilder
}

async function write(call: Call, keys: readonly Id[], place?: Write['place']): Promise<number> {
  const { verb } = call
  const builder = statement(call, verb.hard ? keys : keys.slice(0, longestList))
  if (verb.hard && isReferred(builder, call, true))
    return inCallOfMany(
      builder,
      call.context,
      call.tally.repeatable(() => removeFamily(call, keys)),
    )
  const { affected } = verb.hard ? await removeOwn(call, builder, keys) : await writeOwn(call, keys, place)
  return affected ?? 0
}

/** Removes rows and, by the policies of relations, those that refer to them. */
async function removeFamily(call: Call, keys: readonly Id[]): Promise<number> {
  const { model } = call
  const builder = statement(call, keys)
  const runner = internalsOf(builder).queryRunner ?? builder.dataSource.createQueryRunner()
  await lockDeletion({ ...call, builder, runner, hard: true })
  const rows = await rowsOf(builder, call)
  const deletion = { ...call, builder, rows, hard: true, verb: call.name }
  const { result, byEntity } = await deleteRelated(deletion, () => removeOwn(call, builder, keys))
  const affected = result.affected ?? 0
  addUp(call.tally.along, { ...byEntity, [model.name]: (byEntity[model.name] ?? 0) - affected })
  return affected
}

function removeOwn(call: Call, builder: WriteBuilder, keys: readonly Id[]): Promise<DeleteResult> {
  const run = () => markRuled(builder).execute() as Promise<DeleteResult>
  const event = { kind: call.name, ids: keys }
  return remove({ ...call, builder, rules: [call.verb], expected: keys.length, event }, run)
}

function writeOwn({ ids, tally, ...call }: Call, keys: readonly Id[], place?: Write['place']): Promise<UpdateResult> {
  const { model, metadata, verb, name, context } = call
  const rules = [verb, ...model.rules.update]
  const builders = chunks(keys, longestList).map((part) => statement(call, part))
  const builder = builders[0] ?? statement(call, keys)
  const named = verb.together || verb.named ? ids : keys
  const whole = wholeness(verb) && new WholeCall({ metadata, verb, ids: named }, tally.written)
  const event = { kind: name, ids: keys }
  const own = { model, metadata, builder, rules, context, event, ...(builders.length > 1 && { builders }) }
  const write = { ...own, given: context.input, values: {}, expected: keys.length }
  return update(
    { ...write, ...(verb.answer && { undone: true }), ...(place && { place }), ...(whole && { call: whole }) },
    () => markRuled(builder).execute() as Promise<UpdateResult>,
  )
}

/** Whether a verb needs to know its rows, whatever else is written. */
function wholeness(verb: CompiledVerb): boolean {
  return verb.together !== undefined || verb.named !== undefined || verb.answer !== undefined
}
