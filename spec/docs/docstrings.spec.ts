import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../support/sources.js'

/** What an entry point exports: the name where it is declared, and the file. */
interface Exported {
  readonly name: string
  readonly file: string
}

const listed = /^export (?:type )?\{(.*?)\} from '\.\/(.*?)\.js'/gms

const exportsOf = (entry: string): readonly Exported[] =>
  [...readFileSync(join(root, entry, 'index.ts'), 'utf8').matchAll(listed)].flatMap(([, names = '', path = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/ as .*$/, ''),
      )
      .filter((name) => name !== '')
      .map((name) => ({ name, file: `${entry}/${path}.ts` })),
  )

/** Whether a docstring stands above one of the declarations of a name, decorators and notes to the linter aside. */
function isExplained({ name, file }: Exported): boolean {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const declaration = new RegExp(
    `^(?:export )?(?:declare |abstract |async )*(?:const|class|function|interface|type) ${name}\\b`,
  )
  return lines.some((line, index) => {
    const above = lines.slice(0, index).findLast((line) => !/^(?:@|\/\/ oxlint)/.test(line))
    return declaration.test(line) && above?.endsWith('*/') === true
  })
}

describe('Docstrings', () => {
  it('explain whatever the entry points export', () => {
    const exported = ['src', 'decorators', 'container', 'testing'].flatMap(exportsOf)
    expect(exported.length).to.be.greaterThan(500)
    const unexplained = exported.filter((one) => !isExplained(one))
    expect(unexplained.map(({ name, file }) => `${file}: ${name}`)).to.deep.equal([])
  })
})
