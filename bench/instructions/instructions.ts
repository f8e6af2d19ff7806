import { contenders } from '../contenders/contender.js'
import { sqliteDatabases } from '../contenders/databases.js'
import { type Scenario, scenarios } from '../contenders/scenarios.js'
import { circumstances, keep, table } from '../results.js'
import { instructionsOf, valgrindVersion } from './count.js'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** What is counted: the program by hand, and plinth without and with all layers. */
const counted = contenders.filter(({ name }) => ['raw', 'plinth', 'plinth, all layers'].includes(name))

/** As many as there are rows for, and as make the process warm enough that more change nothing. */
const amounts: Readonly<Record<Scenario, { readonly warming: number; readonly counted: number }>> = {
  list: { warming: 8000, counted: 1000 },
  'list with count': { warming: 400, counted: 100 },
  detail: { warming: 8000, counted: 3000 },
  cursor: { warming: 8000, counted: 1000 },
  create: { warming: 3000, counted: 1500 },
  patch: { warming: 3000, counted: 1500 },
  delete: { warming: 3000, counted: 1500 },
  'bulk create': { warming: 120, counted: 40 },
  'bulk delete': { warming: 40, counted: 18 },
}

/** Counts the instructions of a request of each scenario on SQLite, and keeps a table. */
export async function instructionsSection(): Promise<void> {
  const version = await valgrindVersion()
  if (version === undefined) {
    say('Instructions are not counted: valgrind is not installed.')
    return
  }
  say('Counting instructions takes about an hour.')
  const rows: string[][] = []
  for (const scenario of scenarios) {
    const numbers = await countsOf(scenario)
    rows.push([scenario, ...cellsOf(numbers)])
    say(rows.at(-1)!.join('  '))
  }
  const ratios = counted.slice(1).map(({ name }) => `${name} (x)`)
  const head = ['thousands of instructions', ...counted.map(({ name }) => name), ...ratios]
  const text = ['# SQLite (libsql): instructions of the server for one request', described(version), table(head, rows)]
  await keep('instructions.md', `${text.join('\n\n')}\n`)
}

async function countsOf(scenario: Scenario): Promise<readonly number[]> {
  const databases = await sqliteDatabases()
  try {
    const numbers: number[] = []
    for (const contender of counted) {
      numbers.push(await instructionsOf(contender, scenario, databases, amounts[scenario]))
    }
    return numbers
  } finally {
    await databases.drop()
  }
}

function cellsOf([first, ...others]: readonly number[]): readonly string[] {
  const thousands = [first!, ...others].map((number) => (number / 1000).toFixed(0))
  return [...thousands, ...others.map((number) => (number / first!).toFixed(2))]
}

const described = (version: string): string =>
  [
    `${circumstances()}, ${version}. Counted by cachegrind, of a warm process with one thread in which requests arrive`,
    'over a connection in memory: neither the kernel nor a client is counted, and a machine that is busy changes nothing.',
    'What it takes to become warm is subtracted; two counts of the same program differ by about one per cent.',
  ].join('\n')
