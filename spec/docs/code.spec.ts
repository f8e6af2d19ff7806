import { expect } from 'chai'
import { documentedCode, refusedCode } from '../support/documented-code.js'

describe('Code in the documentation', function () {
  this.timeout(240_000)

  it('compiles, with what its page speaks of', () => {
    const blocks = documentedCode()
    expect(blocks.length).to.be.greaterThan(80)
    expect(refusedCode(blocks)).to.deep.equal([])
  })

  it('is refused where it names what is not there', () => {
    const code = 'await articles.restore(first)\nawait articles.resurrect(first)\n'
    const [refused, ...others] = refusedCode([{ page: 'docs/writes.md', number: 1, code }])
    expect(refused).to.match(/^docs\/writes\.md, block 1: await articles\.resurrect\(first\)\n {2}Property 'resurrect'/)
    expect(others).to.deep.equal([])
  })
})
