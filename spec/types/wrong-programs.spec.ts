import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../support/sources.js'
import { isClear, type WrongProgram, wrongPrograms } from '../support/wrong-programs.js'
import { wrongProgramsPage } from '../support/wrong-programs-page.js'

describe('Programs that do not compile', function () {
  this.timeout(240_000)
  let programs: readonly WrongProgram[]

  before(() => {
    programs = wrongPrograms()
  })

  it('are all refused, each at the line that is expected to be', () => {
    const accepted = programs.filter(({ message }) => message.length === 0)
    expect(accepted.map(({ file, line }) => `${file}:${line}`)).to.deep.equal([])
  })

  it('name the mistake in at most three lines, more than a hundred and fifty of them', () => {
    const clear = programs.filter(isClear)
    expect(new Set(clear.map(({ code }) => code.join('\n'))).size).to.be.greaterThan(150)
  })

  it('are about everything that an application declares', () => {
    const clear = programs.filter(isClear).map(({ file }) => file.split('/').at(-1))
    for (const subject of ['traits', 'lists', 'serializers', 'nested-serializers', 'viewsets', 'actions']) {
      expect(clear.filter((file) => file === `${subject}.types.ts`).length, subject).to.be.greaterThan(2)
    }
    expect(clear).to.include.members(['model-service.types.ts', 'service-result.types.ts', 'providers.types.ts'])
  })

  it('are in the documentation as the compiler refuses them', () => {
    const file = join(root, 'docs/wrong-programs.md')
    const page = wrongProgramsPage(programs)
    if (process.env['PLINTH_WRITE_DOCS'] === '1') writeFileSync(file, page)
    expect(readFileSync(file, 'utf8')).to.equal(page)
  })
})
