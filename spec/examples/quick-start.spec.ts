import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { root } from '../support/sources.js'

describe('The quick start', () => {
  it('runs, and finds what it expects', async () => {
    const run = await promisify(execFile)(process.execPath, [join(root, 'dist/examples/quick-start/main.js')])
    expect(run).to.deep.equal({ stdout: 'The quick start works.\n', stderr: '' })
  })

  it('is what the README shows', () => {
    const program = readFileSync(join(root, 'examples/quick-start/main.ts'), 'utf8').split('// ---')[0]!
    expect(readFileSync(join(root, 'README.md'), 'utf8')).to.include(`\`\`\`ts\n${program}\`\`\`\n`)
  })

  it('is what the page on traits shows of a trait', () => {
    const trait = readFileSync(join(root, 'examples/traits/versioned.ts'), 'utf8').replace(/\/\*\*.*\*\/\n/g, '')
    expect(readFileSync(join(root, 'docs/writing-a-trait.md'), 'utf8')).to.include(`\`\`\`ts\n${trait}\`\`\`\n`)
  })
})
