import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.js'

/** What the compiler says, line by line of its first message, by `file:line`. */
export type Messages = ReadonlyMap<string, readonly string[]>

/** Compiles programs, by the names of their files, as an application's would be, in one run. */
export function compilePrograms(name: string, programs: ReadonlyMap<string, string>, options: object = {}): Messages {
  const directory = join(root, 'dist', name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    for (const [file, text] of programs) writeFileSync(join(directory, file), text)
    return compile(directory, options)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function compile(directory: string, special: object): Messages {
  const options = { ...special, noEmit: true, incremental: false, rootDir: '../..', tsBuildInfoFile: null }
  const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['.'], exclude: [] }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  const { stdout } = spawnSync(
    process.execPath,
    // Of several threads, the one that is first at a type decides how messages spell it.
    [join(root, 'node_modules/.bin/tsc'), '-p', directory, '--pretty', 'false', '--singleThreaded'],
    {
      encoding: 'utf8',
      cwd: directory,
      maxBuffer: 1 << 26,
    },
  )
  return messagesIn(stdout)
}

/** The first message about each line of each file, by `file:line`. */
function messagesIn(output: string): Messages {
  const found = new Map<string, string[]>()
  let current: string[] | undefined
  for (const text of output.split('\n')) {
    const [, file, line, message] = /^(\S+?)\((\d+),\d+\): error TS\d+: (.*)$/.exec(text) ?? []
    if (file !== undefined && message !== undefined) {
      const key = `${file}:${line}`
      current = found.has(key) ? [] : [message]
      if (!found.has(key)) found.set(key, current)
    } else if (text.startsWith(' ')) current?.push(text.trim())
  }
  return found
}
