import type { QueryRunner } from 'typeorm'
import type { SessionEngine, SessionLimit } from '../engine.js'

interface Connection {
  query(sql: string, told: (error: Error | null) => void): unknown
}

/** A variable of a session, and how it is written. */
interface Variable {
  readonly name: string
  /** What servers set it to where nobody has said anything. */
  readonly unset: readonly number[]
  /** Of milliseconds. */
  readonly value: (time: number) => number
  /** What reads it: both servers leave out what a comment says is for another. */
  readonly reader?: string
}

const seconds = (time: number): number => time / 1000
const wholeSeconds = (time: number): number => Math.ceil(time / 1000)

const [mariadb101, mariadb103, mysql57] = ['M!100100', 'M!100300', '!50708']

// MySQL limits statements that only read, and lets transactions be idle for ever.
const variables: Readonly<Record<SessionLimit['of'], readonly Variable[]>> = {
  statementLimit: [
    { name: 'max_statement_time', unset: [0], value: seconds, reader: mariadb101 },
    { name: 'max_execution_time', unset: [0], value: (time) => time, reader: mysql57 },
  ],
  lockLimit: [
    { name: 'innodb_lock_wait_timeout', unset: [50], value: wholeSeconds },
    { name: 'lock_wait_timeout', unset: [86_400, 31_536_000], value: wholeSeconds },
  ],
  idleTransactionLimit: [{ name: 'idle_transaction_timeout', unset: [0], value: wholeSeconds, reader: mariadb103 }],
}

/** Sets variables of a session; the first is there because the others may be for another server. */
const setting = (assignments: readonly string[]): string => `SET @plinth = 1${assignments.join('')}`

/** Assignments as they stand behind the first, for the server that knows the variable. */
const assigned = ({ reader }: Variable, assignments: string): string =>
  reader === undefined ? `, ${assignments}` : ` /*${reader} , ${assignments} */`

/** Where a session keeps what a variable was. */
const former = ({ name }: Variable): string => `@plinth_${name}`

function limited(variable: Variable, { time, yields }: SessionLimit): string {
  const { name, unset, value } = variable
  const limit = yields ? `IF(@@${name} IN (${unset.join(', ')}), ${value(time)}, @@${name})` : value(time)
  return assigned(variable, `${former(variable)} = @@${name}, SESSION ${name} = ${limit}`)
}

const restored = (variable: Variable): string => assigned(variable, `SESSION ${variable.name} = ${former(variable)}`)

export const mysqlSessions: SessionEngine = {
  connectionIn: (obtained) => obtained as object,

  limiting: (limits) =>
    setting(limits.flatMap((limit) => variables[limit.of].map((variable) => limited(variable, limit)))),

  lifting: (limits) => setting(limits.flatMap(({ of }) => variables[of].map(restored))),

  send(connection, sql) {
    return new Promise((resolve, reject) => {
      ;(connection as Connection).query(sql, (error) => (error ? reject(error) : resolve()))
    })
  },
}

const formerly = `SELECT /*${mariadb101} @@max_statement_time * 1000 */ /*${mysql57} @@max_execution_time */ AS former`

/**
 * Limits the statements of a session, in milliseconds; 0 is no limit.
 * @returns what the limit was before.
 */
export async function limitStatements(runner: QueryRunner, limit: string): Promise<string> {
  const [row] = (await runner.query(formerly)) as [{ readonly former: number | string }]
  const told = (variable: Variable) => assigned(variable, `SESSION ${variable.name} = ${variable.value(Number(limit))}`)
  await runner.query(setting(variables.statementLimit.map(told)))
  return String(row.former)
}
