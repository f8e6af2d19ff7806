import { readFile } from 'node:fs/promises'
import { documentText } from 'plinth'
import { type Command, CommandError, type Outcome } from '../command.js'
import { nameIn } from '../load-module.js'
import { differences } from './differences.js'
import { type Described, loadDescribed } from './load-described.js'

/** Prints the OpenAPI document of an application, or compares it with one that is kept. */
export const openApiCommand: Command = {
  name: 'openapi',
  usage: '<module>',
  summary: 'prints the OpenAPI document of an application, or says where a file differs from it',
  options: {
    export: { type: 'string', summary: 'the name of the export: default, app or options unless told' },
    check: { type: 'string', summary: 'a file that must be the document; ends with 1 where it is not' },
    'fail-on-warn': { type: 'boolean', summary: 'end with 1 where the document cannot say something' },
  },
  async run(operands, options): Promise<Outcome> {
    const [path, ...others] = operands
    if (path === undefined || others.length > 0) {
      throw new CommandError('Name one module that exports an application: plinth openapi ./dist/app.js')
    }
    const described = await loadDescribed(path, nameIn(options))
    const { check } = options
    const fails = options['fail-on-warn'] === true && described.warnings.length > 0
    const outcome = typeof check === 'string' ? await compared(described, check) : printed(described)
    return { ...outcome, notes: described.warnings, exitCode: fails ? 1 : outcome.exitCode }
  },
}

function printed({ document }: Described): Outcome {
  return { text: documentText(document), json: document, exitCode: 0 }
}

async function compared({ document, warnings }: Described, file: string): Promise<Outcome> {
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept === undefined)
    throw new CommandError(`There is no file "${file}". Write it first: plinth openapi … > ${file}`)
  if (kept === documentText(document)) {
    return { text: `${file} is the document of the application.\n`, json: { differences: [], warnings }, exitCode: 0 }
  }
  const found = differences(jsonIn(kept, file), document)
  const lines = found.length > 0 ? found : ['it has the same content, written in another way']
  const text = [`${file} is not the document of the application:`, ...lines.map((line) => `  ${line}`), ''].join('\n')
  return { text, json: { differences: lines, warnings }, exitCode: 1 }
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandError(`${file} is no JSON. Write it anew: plinth openapi … > ${file}`)
  }
}
