import { type Amounts, partRequests, warmingRequests } from './contenders/amounts.js'
import { type Contender, contenders } from './contenders/contender.js'
import { type Databases, postgresDatabases, sqliteDatabases } from './contenders/databases.js'
import { coldRounds, type Measured, measure } from './contenders/measure.js'
import { connections } from './contenders/running.js'
import { rowCount, scenarios } from './contenders/scenarios.js'
import { installPeers } from './install-peers.js'
import { barPlot } from './plots.js'
import { circumstances, engineNames, keep, table } from './results.js'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Compares plinth with its peers on every engine that is there; keeps a table and a plot for each. */
export function peersSection({ long }: { readonly long: boolean }): Promise<void> {
  const others = contenders.filter(({ name }) => name !== 'raw, careful')
  return compared(others, { name: 'peers', processes: long ? 5 : 2, rounds: long ? 8 : 4, parts: 2 })
}

/** The same with the programs by hand alone: fewer processes get less in each other's way, so it is more exact. */
export function handSection({ long }: { readonly long: boolean }): Promise<void> {
  const byHand = contenders.filter(({ name }) =>
    ['raw', 'raw, careful', 'plinth', 'plinth, all layers', 'Fastify'].includes(name),
  )
  return compared(byHand, { name: 'hand', processes: long ? 8 : 3, rounds: long ? 8 : 4, parts: 4 })
}

interface Compared {
  /** What its tables and plots are called. */
  readonly name: string
  readonly processes: number
  readonly rounds: number
  readonly parts: number
}

async function compared(all: readonly Contender[], what: Compared): Promise<void> {
  const missing = installPeers()
  const there = all.filter(({ installed }) => !installed || missing === undefined)
  for (const { name, installed } of all) {
    if (installed && missing !== undefined) say(`${name} is left out: its packages cannot be installed (${missing}).`)
  }
  await onEngine(await sqliteDatabases(), there, what)
  const postgres = await postgresDatabases().catch((error: Error) => error.message)
  if (typeof postgres === 'string') say(`PostgreSQL is left out: ${postgres}`)
  else await onEngine(postgres, there, what)
}

async function onEngine(databases: Databases, there: readonly Contender[], what: Compared): Promise<void> {
  const { name, ...how } = what
  try {
    const measured = await measure(there, databases, { ...how, tell: say })
    const title = `${engineNames[databases.engine]}: processor time of the server for one request`
    const text = [
      `# ${title}`,
      described(what, warmingRequests(databases.engine)),
      costTable(measured),
      spreadTable(measured),
      coldDescribed(what),
      costTable(measured, 'cold'),
      legend(measured),
    ]
    await keep(`${name}-${databases.engine}.md`, `${text.join('\n\n')}\n`)
    const series = measured.map(({ contender, costs }) => ({
      name: contender.name,
      values: scenarios.map((scenario) => costs.get(scenario)?.ratio),
    }))
    await keep(
      `${name}-${databases.engine}.svg`,
      barPlot(`${title}, in multiples of node:http by hand`, scenarios, series),
    )
    say(`\n${costTable(measured)}\n`)
  } finally {
    await databases.drop()
  }
}

const described = ({ processes, rounds, parts }: Compared, warming: Amounts): string =>
  [
    `${circumstances()}. ${inEnglish(rowCount)} rows, every tenth deleted; 20 rows a page, 100 rows a bulk`,
    `action; ${connections} connections, ${rounds} interleaved rounds of each of ${processes} processes, one after another. Every`,
    'contender answered the same rows before. User and system time of the process of each contender: medians, and of the ratios',
    'of the same rounds. Only the ratios carry over between machines.',
    `Each process was warm: it had answered ${inEnglish(warming.detail)} requests of each read (${inEnglish(warming['list with count'])} of those that count),`,
    `${inEnglish(warming.create)} of each write of a row, ${inEnglish(warming['bulk create'])} creations and ${inEnglish(warming['bulk delete'])} deletions of many, and then got its first rows again.`,
    `Requests of a round, behind a part of it that does not count: ${scenarios.map((scenario) => `${scenario} ${inEnglish(parts * partRequests[scenario])}`).join(', ')}.`,
  ].join('\n')

const inEnglish = (number: number): string => number.toLocaleString('en')

const coldDescribed = ({ processes }: Compared): string =>
  `The same in ${coldRounds - 1} rounds of each of ${processes} processes that have just started:`

function costTable(measured: readonly Measured[], kind: 'costs' | 'cold' = 'costs'): string {
  const [first] = measured
  const head = ['', `${first!.contender.name} (us)`, ...measured.slice(1).map(({ contender }) => contender.name)]
  const rows = scenarios.map((scenario) => [
    scenario,
    first![kind].get(scenario)!.microseconds.toFixed(0),
    ...measured.slice(1).map((one) => one[kind].get(scenario)?.ratio.toFixed(2) ?? '–'),
  ])
  if (kind === 'cold') return table(head, rows)
  const peaks = ['peak memory (MB)', ...measured.map(({ peak }) => peak.toFixed(0))]
  return table(head, [...rows, peaks])
}

function spreadTable(measured: readonly Measured[]): string {
  const rows = scenarios.map((scenario) => [
    scenario,
    ...measured.slice(1).map(
      ({ costs }) =>
        costs
          .get(scenario)
          ?.quartiles.map((value) => value.toFixed(2))
          .join('–') ?? '–',
    ),
  ])
  const head = ['middle half of the rounds (x)', ...measured.slice(1).map(({ contender }) => contender.name)]
  return table(head, rows)
}

const legend = (measured: readonly Measured[]): string =>
  measured.map(({ contender: { name, title } }) => `- **${name}**: ${title}.`).join('\n')
