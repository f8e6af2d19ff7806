import { expect } from 'chai'
import { assert, property, string } from 'fast-check'
import { quoted } from '../../src/helpers/quoted.js'

describe('quoted', () => {
  it('writes each character as JSON.stringify does', () => {
    const wrong = Array.from({ length: 0x10000 }, (_, unit) => `a${String.fromCharCode(unit)}b`).filter(
      (text) => quoted(text) !== JSON.stringify(text),
    )
    expect(wrong).to.deep.equal([])
  })

  it('writes any text as JSON.stringify does', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(quoted(text)).to.equal(JSON.stringify(text))
      }),
    )
  })
})
