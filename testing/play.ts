import type { Id, RowData } from 'plinth'
import type { ContextOfRows } from './behaviour-options.js'
import { brokenLaws } from './laws.js'
import { type Operation, type Outcome, type Placed, written } from './operation.js'
import type { Oracle } from './oracle.js'
import type { Prediction, State } from './prediction.js'
import { untrueReceipts } from './receipts.js'
import { agrees } from './unknown.js'
import type { Sighting, World } from './world.js'

interface Played extends Placed {
  readonly outcome: Outcome
}

/** Plays one sequence on the database and in memory. @throws {Error} where they part. */
export async function play(world: World, oracle: Oracle, sequence: readonly (readonly Operation[])[]): Promise<void> {
  let state: State = new Map()
  let ids: ReadonlyMap<string, Id> = new Map()
  let sightings: ReadonlyMap<ContextOfRows, Sighting> = new Map()
  const history: string[] = []
  for (const step of sequence) {
    const placed = step.flatMap((operation) => place(operation, [...ids.values()]))
    const played = await Promise.all(placed.map(async (each) => ({ ...each, outcome: await world.perform(each) })))
    history.push(...played.map((each) => `${written(each)} -> ${outcomeText(each.outcome)}`))
    const stored = await observe(world, oracle, played, history, played.length === 1 ? sightings : new Map())
    await explain(world, oracle, state, stored, played, history)
    state = stored.rows
    sightings = stored.sightings
    ids = new Map([...stored.rows.values()].map((row) => [world.idOf(row), row[world.primary] as Id]))
  }
}

/** An operation on rows there are; none where there is nothing to pick from. */
function place(operation: Operation, ids: readonly Id[]): readonly Placed[] {
  if (operation.kind === 'create') return [{ operation, ids: [] }]
  if (operation.kind === 'update' && Object.keys(operation.values).length === 0) return []
  const picked = operation.picks.flatMap((pick) => ids[pick % Math.max(1, ids.length)] ?? [])
  return picked.length > 0 ? [{ operation, ids: [...new Set(picked)] }] : []
}

const outcomeText = (outcome: Outcome): string =>
  outcome.done ? `${outcome.affected} written` : `refused: ${outcome.error.message}`

interface Stored {
  readonly rows: State
  /** The ids that plain queries show in any context, by context. */
  readonly visible: readonly ReadonlySet<string>[]
  readonly sightings: ReadonlyMap<ContextOfRows, Sighting>
}

/** What is stored now, seen from every context, after checking what must be true of it whatever happened. */
async function observe(
  world: World,
  oracle: Oracle,
  played: readonly Played[],
  history: readonly string[],
  earlier: ReadonlyMap<ContextOfRows, Sighting>,
): Promise<Stored> {
  const rows = new Map<string, RowData>()
  const visible: ReadonlySet<string>[] = []
  const sightings = new Map<ContextOfRows, Sighting>()
  const owner = new Map<string, string>()
  const broken: string[] = []
  const separate = Object.values(world.model.scopes).some(({ locked }) => locked) && world.contexts.length > 1
  for (const context of world.contexts) {
    const seen = await world.look(context)
    sightings.set(context, seen)
    broken.push(...(await brokenLaws(world, oracle, context, seen, earlier.get(context))))
    visible.push(new Set(seen.looks.get('')?.ids))
    for (const row of seen.all) {
      const id = world.idOf(row)
      const other = owner.get(id)
      if (separate && other !== undefined) broken.push(`${id} is seen in ${other} and in ${context.name}`)
      owner.set(id, context.name)
      rows.set(id, { ...row })
    }
  }
  broken.push(...stillVisible(played, visible), ...misplaced(world, played, rows, visible))
  if (broken.length > 0) throw failure(broken, history)
  return { rows, visible, sightings }
}

/** What one client alone has deleted is not shown any more. */
function stillVisible(played: readonly Played[], visible: readonly ReadonlySet<string>[]): readonly string[] {
  const [only, ...others] = played
  if (!only || others.length > 0 || only.operation.kind !== 'delete' || !only.outcome.done) return []
  const shown = only.ids.filter((id) => visible[only.operation.context]?.has(String(id)))
  return shown.map((id) => `${id} was deleted and is still shown`)
}

/** What was created in a context is not in another. */
function misplaced(world: World, played: readonly Played[], rows: State, visible: readonly ReadonlySet<string>[]) {
  if (world.contexts.length < 2) return []
  return played.flatMap(({ operation, outcome }) => {
    if (operation.kind !== 'create' || !outcome.done || !rows.has(String(outcome.id))) return []
    return world.contexts.flatMap(({ name }, index) => {
      const isElsewhere = index !== operation.context && visible[index]?.has(String(outcome.id))
      return isElsewhere ? [`${outcome.id} was created in context ${operation.context} and is shown in ${name}`] : []
    })
  })
}

/** The most writes at the same time whose orders are tried: there are 24 of four, and 40320 of eight. */
const mostOrdered = 4

/** Finds an order of the operations that explains what each client was told and what is stored now. */
async function explain(
  world: World,
  oracle: Oracle,
  state: State,
  stored: Stored,
  played: readonly Played[],
  history: readonly string[],
): Promise<void> {
  if (played.length > mostOrdered) {
    const untrue = untrueReceipts(world.model, state, stored.rows, played, oracle.passing)
    if (untrue.length > 0) throw failure(untrue, history)
    return
  }
  let nearest: readonly string[] = []
  for (const order of permutations(played)) {
    const differences = await differencesIn(world, oracle, state, stored.rows, order)
    if (differences.length === 0) return
    if (nearest.length === 0 || differences.length < nearest.length) nearest = differences
  }
  throw failure(nearest, history)
}

async function differencesIn(
  world: World,
  oracle: Oracle,
  before: State,
  stored: State,
  order: readonly Played[],
): Promise<readonly string[]> {
  let state = before
  const differences: string[] = []
  for (const each of order) {
    const predicted = await world.context(each.operation.context).run(() => predict(oracle, state, each))
    const difference = contradiction(world, predicted, each.outcome, order.length)
    if (difference !== undefined) differences.push(`${written(each)}: ${difference}`)
    if (each.outcome.done && predicted.done) state = predicted.state
  }
  return [...differences, ...statesDiffer(state, stored)]
}

function predict(oracle: Oracle, state: State, { operation, ids, outcome }: Played): Promise<Prediction> {
  const keys = ids.map(String)
  switch (operation.kind) {
    case 'create': {
      const id = outcome.done ? outcome.id : undefined
      return oracle.create(state, operation.values, id)
    }
    case 'update':
      return oracle.update(state, keys, operation.values)
    case 'delete':
      return oracle.delete(state, keys)
    default:
      return oracle.verb(state, operation.verb, keys, operation.values)
  }
}

/** How a prediction and an outcome contradict each other; a lost race may always be told as a conflict. */
function contradiction(
  { refusals }: World,
  predicted: Prediction,
  outcome: Outcome,
  clients: number,
): string | undefined {
  if (!outcome.done) {
    if (outcome.code !== undefined && refusals.has(outcome.code)) return undefined
    const lostRace = clients > 1 && [404, 409, 503].includes(outcome.statusCode)
    return predicted.done && !lostRace ? `it was refused (${outcome.error.message}), and must be done` : undefined
  }
  if (!predicted.done) return `it was done, and must be refused: ${predicted.reason}`
  const { affected, least = affected } = predicted
  if (outcome.affected >= least && outcome.affected <= affected) return undefined
  return `it wrote ${outcome.affected} rows, and must write ${affected}`
}

function statesDiffer(expected: State, stored: State): readonly string[] {
  const missing = [...expected.keys()].filter((id) => !stored.has(id)).map((id) => `${id} is not stored any more`)
  const surplus = [...stored.keys()].filter((id) => !expected.has(id)).map((id) => `${id} is stored, and must not be`)
  const changed = [...expected].flatMap(([id, row]) => {
    const actual = stored.get(id)
    if (!actual) return []
    const names = Object.keys(actual).filter((name) => name in row && !agrees(row[name], actual[name]))
    return names.map(
      (name) => `${id} has ${name} ${JSON.stringify(actual[name])}, and must have ${JSON.stringify(row[name])}`,
    )
  })
  return [...missing, ...surplus, ...changed]
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items
  else
    for (const [index, item] of items.entries()) {
      for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)])) yield [item, ...rest]
    }
}

const lines = (texts: readonly string[]) => texts.map((text) => `  ${text}`)

function failure(broken: readonly string[], history: readonly string[]): Error {
  return new Error(['The database is not as the model says:', ...lines(broken), 'after', ...lines(history)].join('\n'))
}
