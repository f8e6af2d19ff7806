import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../support/sources.js'

const folder = join(root, 'docs/decisions')
const files = readdirSync(folder).toSorted()

describe('Decisions', () => {
  it('are numbered one by one', () => {
    const numbers = files.map((file) => Number(file.slice(0, 4)))
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1))
  })

  it('have their number in their heading', () => {
    const headings = files.map((file) => readFileSync(join(folder, file), 'utf8').split('\n')[0])
    expect(headings.map((heading) => /^# (\d+)\. \S/.exec(heading ?? '')?.[1])).to.deep.equal(
      files.map((file) => String(Number(file.slice(0, 4)))),
    )
  })
})
