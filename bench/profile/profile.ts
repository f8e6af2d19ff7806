import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { partRequests } from '../contenders/amounts.js'
import { Asked, warmUp } from '../contenders/asked.js'
import { type Contender, contenders } from '../contenders/contender.js'
import { type Databases, postgresDatabases, sqliteDatabases } from '../contenders/databases.js'
import { connections } from '../contenders/running.js'
import { rowCount, type Scenario } from '../contenders/scenarios.js'
import { circumstances, engineNames, keep, table } from '../results.js'
import { type Part, parts } from './parts.js'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const profiler = new URL('./profiler.js', import.meta.url).href

const watched = contenders.filter(({ name }) => ['raw', 'plinth', 'plinth, all layers'].includes(name))
const scenarios = ['list', 'detail', 'create', 'patch', 'bulk create'] as const satisfies readonly Scenario[]
/** How many rounds of requests are watched. */
const rounds = 8

/** The microseconds of each part in one request. */
type Spent = ReadonlyMap<Part, number>

/** Shows where the time of a request goes, on every engine that is there; keeps a table for each. */
export async function profileSection(): Promise<void> {
  // In memory where there is such a folder: a profiler takes waiting for a disk for work.
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  await onEngine(await sqliteDatabases(rowCount, folder))
  const postgres = await postgresDatabases().catch((error: Error) => error.message)
  if (typeof postgres === 'string') say(`PostgreSQL is left out: ${postgres}`)
  else await onEngine(postgres)
}

async function onEngine(databases: Databases): Promise<void> {
  try {
    const tables: string[] = []
    for (const contender of watched) {
      tables.push(`## ${contender.name}`, tableOf(await spentBy(contender, databases)))
      say(`${databases.engine}: ${contender.name} has been watched`)
    }
    const title = `# ${engineNames[databases.engine]}: where the processor time of a request goes`
    await keep(`profile-${databases.engine}.md`, `${[title, described(), ...tables].join('\n\n')}\n`)
  } finally {
    await databases.drop()
  }
}

async function spentBy(contender: Contender, databases: Databases): Promise<ReadonlyMap<Scenario, Spent>> {
  const asked = await Asked.start(contender, databases, profiler)
  try {
    await warmUp(asked, scenarios)
    await asked.restore()
    const spent = new Map<Scenario, Spent>()
    for (const scenario of scenarios) spent.set(scenario, await watch(asked, scenario))
    return spent
  } finally {
    await asked.running.stop()
  }
}

/** What each part spends: its share of what the profiler has seen, of the processor time of the process. */
async function watch(asked: Asked, scenario: Scenario): Promise<Spent> {
  const { running } = asked
  const count = rounds * partRequests[scenario]
  // The first requests behind new rows read them into memory.
  await asked.ask(scenario, partRequests[scenario])
  await running.tell('watch')
  const before = await running.usage()
  await asked.ask(scenario, count)
  const after = await running.usage()
  const shares = await running.tell<Partial<Record<Part, number>>>('tell')
  const each = (after.spent - before.spent) / count
  return new Map(parts.map((part): [Part, number] => [part, each * (shares[part] ?? 0)]))
}

function tableOf(spent: ReadonlyMap<Scenario, Spent>): string {
  const all = [...spent.values()]
  const seen = parts.filter((part) => all.some((one) => one.get(part)! > 0))
  const rows = seen.map((part) => [part, ...all.map((one) => one.get(part)!.toFixed(0))])
  const sums = all.map((one) => [...one.values()].reduce((sum, time) => sum + time, 0).toFixed(0))
  return table(['us', ...spent.keys()], [...rows, ['all', ...sums]])
}

const described = (): string =>
  [
    `${circumstances()}. Warm processes, ${connections} connections. What V8's profiler sees every fifth of a millisecond is`,
    'counted for the part whose code was called last, and given in shares of the processor time of the process, which the',
    'profiler makes larger. JSON is read and written by built-in functions, which are seen in those that call them.',
  ].join('\n')
