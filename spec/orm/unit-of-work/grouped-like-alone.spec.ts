import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import Database from 'libsql'
import {
  createDataSource,
  increment,
  type ModelDataSource,
  type ModelDataSourceOptions,
  ModelService,
  silentLogger,
} from 'plinth'
import { type Timestamped, Timestamps } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'

interface Stone extends Timestamped {}
@Entity('stones')
@Timestamps()
class Stone {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar', length: 40 }) name!: string
  @Column({ type: 'int', default: 0 }) weight!: number
  @Column({ type: 'int', nullable: true }) besideId!: number | null
}

class Stones extends ModelService(Stone) {}

/** Deferred references are looked at when a transaction is committed; the trigger undoes all of it. */
const schema = `
  CREATE TABLE stones (
    id integer PRIMARY KEY NOT NULL, name varchar(40) NOT NULL UNIQUE, weight integer NOT NULL DEFAULT 0,
    "besideId" integer REFERENCES stones(id) DEFERRABLE INITIALLY DEFERRED,
    "createdAt" datetime NOT NULL, "updatedAt" datetime NOT NULL
  );
  CREATE TRIGGER undone BEFORE UPDATE ON stones WHEN NEW.name = 'undone'
  BEGIN SELECT RAISE(ROLLBACK, 'everything is undone'); END;
`

/** Rows that are there from the beginning. */
const many = 30
const ids = Array.from({ length: many }, (_, index) => index + 1)

/** The same numbers for the same seed, from 0 up to and without 1. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** Something a caller does; what comes of it must not depend on the order. */
interface Step {
  readonly run: (to: World) => Promise<unknown>
  /** Waits of the one who sends it, before that. */
  readonly pause: 'none' | 'reaction' | 'turn'
  /** Those of one contest: one of them wins, whichever that is. */
  readonly contest?: string
}

interface World {
  readonly dataSource: ModelDataSource
  readonly stones: Stones
  /** How much weight others see of a row at least, because somebody was told so. */
  readonly told: Map<number, number>
  readonly beside: InstanceType<typeof Database>
}

const outcome = (result: { readonly success: boolean; readonly errorCode?: string }): string =>
  result.success ? 'done' : String(result.errorCode)

/** What others see of a row, who are no part of it. */
function weightOf({ beside }: World, id: number): number {
  const found = beside.prepare('SELECT weight FROM stones WHERE id = ?').all(id) as { readonly weight: number }[]
  return found[0]?.weight ?? -1
}

/** Whoever is told of something has it kept already. */
function tell(world: World, id: number, weight: number): void {
  const told = (world.told.get(id) ?? 0) + weight
  world.told.set(id, told)
  expect(weightOf(world, id), `what was told of ${id}`).to.be.at.least(told)
}

async function heavier(world: World, id: number, weight: number): Promise<string> {
  const result = await world.stones.update(id, { weight: increment(weight) as never })
  if (result.success) tell(world, id, weight)
  return outcome(result)
}

/** Reads what others see too: nothing that is not committed. */
async function looked(world: World, id: number): Promise<string> {
  const result = await world.stones.get(id)
  if (result.success) expect(weightOf(world, id), `what was read of ${id}`).to.be.at.least(result.data.weight)
  return outcome(result)
}

async function inUnit(world: World, first: number, second: number, fails: boolean): Promise<string> {
  const { dataSource, stones } = world
  const done = dataSource.atomic(async () => {
    await stones.update(first, { weight: increment(3) as never })
    await dataSource.atomic(() => stones.update(second, { weight: increment(2) as never }))
    if (fails) throw new Error('on purpose')
  })
  const failed = await done.then(
    () => undefined,
    (error: Error) => error.message,
  )
  if (failed !== undefined) return failed
  tell(world, first, 3)
  tell(world, second, 2)
  return 'done'
}

const answered = (work: Promise<{ readonly success: boolean }>) =>
  work.then(outcome, (error: Error & { code?: string }) => `${error.name} ${String(error.code)}`)

/** A step of a round; rows from `own` on are nobody else's. */
function stepOf(number: () => number, own: number, round: string): Omit<Step, 'pause'> {
  const any = () => ids[Math.floor(number() * many)]!
  const [first, second, weight] = [any(), any(), 1 + Math.floor(number() * 9)]
  const kind = number()
  if (kind < 0.3) return { run: (world) => heavier(world, first, weight) }
  if (kind < 0.4) return { run: (world) => looked(world, first) }
  if (kind < 0.5) return { run: (world) => inUnit(world, first, second, false) }
  if (kind < 0.55) return { run: (world) => inUnit(world, first, second, true) }
  if (kind < 0.65) {
    const contest = `${round} ${Math.floor(number() * 2)}`
    return { contest, run: ({ stones }) => answered(stones.create({ id: own, name: contest })) }
  }
  if (kind < 0.75) return { run: ({ stones }) => answered(stones.update(first, { besideId: second })) }
  if (kind < 0.8) return { run: ({ stones }) => answered(stones.update(first, { besideId: 99_999 })) }
  if (kind < 0.85) return { run: ({ stones }) => answered(stones.update(first, { name: 'undone' })) }
  if (kind < 0.9) return { run: ({ stones }) => answered(stones.update(own, { weight: 1 })) }
  // What is told is kept, also for who goes on with it.
  return {
    run: async (world) => {
      const made = await answered(world.stones.create({ id: own, name: `own ${own}` }))
      const changed = await heavier(world, own, weight)
      return [made, changed, weight > 4 && (await answered(world.stones.delete(own)))]
    },
  }
}

async function paused(pause: Step['pause']): Promise<void> {
  if (pause === 'reaction') await Promise.resolve()
  if (pause === 'turn') await nextTurn()
}

/** Rows as others see them, but those of contests: which of them won is not told beforehand. */
const rowsOf = ({ beside }: World) =>
  beside
    .prepare(`SELECT id, name, weight FROM stones WHERE name NOT LIKE 'contest%' ORDER BY id`)
    .all() as readonly object[]
const contestsOf = ({ beside }: World) =>
  beside.prepare(`SELECT name FROM stones WHERE name LIKE 'contest%' ORDER BY name`).all() as readonly object[]

describe('Statements that are committed together, beside the same ones that are not', () => {
  let folder: string
  let opened: { destroy(): Promise<void> }[]

  const open = async (name: string, groupCommit: boolean, enableWAL: boolean): Promise<World> => {
    const database = join(folder, name)
    const beside = new Database(database)
    beside.exec(schema)
    const options = { type: 'sqlite', database, groupCommit, enableWAL, entities: [Stone], proveSchema: false }
    const dataSource = await createDataSource(options as ModelDataSourceOptions).initialize()
    const close = async () => {
      await dataSource.destroy()
      beside.close()
    }
    opened.push({ destroy: close })
    const stones = new Stones({ dataSource, logger: silentLogger })
    await dataSource.getRepository(Stone).insert(ids.map((id) => ({ id, name: `stone ${id}` })))
    return { dataSource, stones, beside, told: new Map() }
  }
  beforeEach(async () => {
    opened = []
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
  })
  afterEach(async () => {
    for (const one of opened) await one.destroy()
    await rm(folder, { recursive: true, force: true })
  })

  for (const seed of [1, 2, 3, 4]) {
    for (const enableWAL of [true, false]) {
      it(`come to the same, with seed ${seed}${enableWAL ? '' : ' and without a log of its own'}`, async () => {
        const number = numbers(seed)
        const together = await open('together.sqlite', true, enableWAL)
        const alone = await open('alone.sqlite', false, enableWAL)
        let last = many
        for (let round = 1; round <= 6; round += 1) {
          const count = 1 + Math.floor(number() ** 2 * 150)
          const steps = Array.from({ length: count }, (): Step => {
            last += 1
            const pause = (['none', 'none', 'none', 'reaction', 'turn'] as const)[Math.floor(number() * 5)]!
            return { ...stepOf(number, last, `contest ${round}`), pause }
          })
          const expected: unknown[] = []
          for (const { run } of steps) expected.push(await run(alone))
          const sent = steps.map(async ({ run, pause }) => {
            await paused(pause)
            return run(together)
          })
          const found = await Promise.all(sent)
          const sorted = (outcomes: readonly unknown[]) =>
            steps
              .map(({ contest }, index) => (contest ? [contest, outcomes[index]] : [String(index), outcomes[index]]))
              .map((one) => JSON.stringify(one))
              .sort()
          expect(sorted(found)).to.deep.equal(sorted(expected))
          expect(rowsOf(together)).to.deep.equal(rowsOf(alone))
          expect(contestsOf(together)).to.deep.equal(contestsOf(alone))
        }
      })
    }
  }
})
