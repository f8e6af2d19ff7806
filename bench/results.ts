import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../bench/results', import.meta.url))

/** The engines as tables name them. */
export const engineNames = { sqlite: 'SQLite (libsql)', postgres: 'PostgreSQL' } as const

/** Keeps a table or a plot among the results, and says where. */
export async function keep(file: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/${file}`, text)
  process.stdout.write(`bench/results/${file}\n`)
}

/** A table in Markdown; the first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** On what, and when, a result was measured. */
export function circumstances(): string {
  const [cpu] = cpus()
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, Node.js ${process.version}, ${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}`
}
