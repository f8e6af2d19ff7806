import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { root } from '../support/sources.js'

const pages = [
  { page: 'authentication', blocks: 6, says: 'Whoever signs in is known.\n' },
  { page: 'tenants', blocks: 6, says: 'No tenant sees another.\n' },
] as const

/** Calls that leave out what other pages show. */
const isPart = (code: string): boolean => code.includes('…')

describe('Pages about examples', function () {
  this.timeout(60_000)

  for (const { page, blocks, says } of pages) {
    it(`show code of the example alone: ${page}`, () => {
      const text = readFileSync(join(root, `docs/${page}.md`), 'utf8')
      const directory = join(root, 'examples', page)
      const files = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'))
      const shown = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
      expect(shown.filter((code) => !isPart(code) && !files.some((file) => file.includes(code)))).to.deep.equal([])
      expect(shown).to.have.length(blocks)
    })

    it(`show code that works: ${page}`, async () => {
      const main = join(root, `dist/examples/${page}/main.js`)
      const run = await promisify(execFile)(process.execPath, [main])
      expect(run).to.deep.equal({ stdout: says, stderr: '' })
    })
  }
})
