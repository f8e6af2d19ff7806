import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Comparison, compare, report } from './compare.js'
import { type ArticleDatabase, createPostgres, createSqlite } from './reading/database.js'
import { spent } from './served.js'

const contestants = ['bare', 'text', 'entities'] as const
type ContestantName = (typeof contestants)[number]

const titles: Readonly<Record<ContestantName, string>> = {
  bare: 'bare node:http and the driver, named statements',
  text: 'plinth',
  entities: 'plinth, rows as entities',
}

interface Server {
  readonly child: ChildProcess
  readonly port: number
}

const server = fileURLToPath(new URL('./reading/server.js', import.meta.url))

/** Requests of one kind; each time it is called another path, the same for every contestant. */
const requests: Readonly<Record<string, (turn: number) => string>> = {
  'a list of 20 of 100,000': (turn) => `/articles?page=${1 + (turn % 40)}`,
  'a list of 20 with two rows they refer to, and a list of others each': (turn) => `/stories?page=${1 + (turn % 40)}`,
  'one row of 100,000': (turn) => `/articles/${1 + 10 * ((turn * 7919) % 10_000)}`,
}

/** Prints how reads compare with a bare server, and with the same reads of entities. */
export async function readingSection(): Promise<void> {
  for (const comparison of await readingComparisons()) process.stdout.write(`${report(comparison)}\n\n`)
}

/** Compares answers about 100,000 rows, by the processor time of the server alone; what the database spends is not in it. */
async function readingComparisons(): Promise<readonly Comparison[]> {
  const found: Comparison[] = []
  for (const create of [createSqlite, createPostgres]) {
    const database = await create()
    if (!database) continue
    try {
      found.push(...(await comparisonsOn(database)))
    } finally {
      await database.drop()
    }
  }
  return found
}

async function comparisonsOn(database: ArticleDatabase): Promise<readonly Comparison[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const servers = new Map<ContestantName, Server>()
  try {
    for (const name of contestants) servers.set(name, await start(name, database))
    const found: Comparison[] = []
    for (const [kind, pathOf] of Object.entries(requests)) {
      for (let turn = 0; turn < 20; turn++) await requireEqual(agent, servers, pathOf(turn))
      for (const one of servers.values()) await warm(agent, one, pathOf)
      found.push(await comparison(`${database.engine}: ${kind}`, pathOf, agent, servers))
    }
    return found
  } finally {
    agent.destroy()
    for (const { child } of servers.values()) child.kill()
  }
}

function comparison(
  title: string,
  pathOf: (turn: number) => string,
  agent: Agent,
  servers: ReadonlyMap<ContestantName, Server>,
): Promise<Comparison> {
  const byTitle = new Map([...servers].map(([name, one]) => [titles[name], one]))
  const asking = (one: Server) => {
    let turn = 0
    return () => ask(agent, one.port, pathOf(turn++))
  }
  return compare(title, Object.fromEntries([...byTitle].map(([name, one]) => [name, asking(one)])), {
    rounds: 12,
    calls: 300,
    settling: 100,
    spent: (name) => spent(byTitle.get(name)!.child),
  })
}

async function start(name: ContestantName, database: ArticleDatabase): Promise<Server> {
  const child = fork(server, [name, JSON.stringify(database.options)])
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** Code is compiled while it is used: what is measured is a server that has been answering for some time. */
async function warm(agent: Agent, { port }: Server, pathOf: (turn: number) => string): Promise<void> {
  for (let turn = 0; turn < 4000; turn++) await ask(agent, port, pathOf(turn))
}

async function requireEqual(agent: Agent, servers: ReadonlyMap<ContestantName, Server>, path: string): Promise<void> {
  const answers = await Promise.all([...servers.values()].map(({ port }) => ask(agent, port, path)))
  const [first] = answers
  if (!first || answers.some((answer) => answer !== first)) {
    throw new Error(`Answers to ${path} differ:\n${answers.join('\n')}`)
  }
}

function ask(agent: Agent, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ agent, port, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      response.on('error', reject)
    }).on('error', reject)
  })
}
