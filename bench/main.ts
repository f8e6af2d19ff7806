import 'reflect-metadata'
import { growthSection } from './growth/growth-section.js'
import { instructionsSection } from './instructions/instructions.js'
import { microSection } from './micro.js'
import { handSection, peersSection } from './peers.js'
import { profileSection } from './profile/profile.js'
import { readingSection } from './reading.js'

/** `npm run bench [-- peers micro reading growth] [--long]`: these sections unless some are named. */
const usual = { peers: peersSection, micro: microSection, reading: readingSection, growth: growthSection } as const
/** Sections that are run where they are named. */
const sections = { ...usual, hand: handSection, instructions: instructionsSection, profile: profileSection } as const

const given = process.argv.slice(2)
const long = given.includes('--long')
const named = given.filter((name) => name !== '--long')
const unknown = named.filter((name) => !Object.hasOwn(sections, name))
if (unknown.length > 0) {
  process.stderr.write(`There is no section ${unknown.join(', ')}. There are: ${Object.keys(sections).join(', ')}.\n`)
  process.exitCode = 2
} else {
  for (const [name, section] of Object.entries(sections)) {
    const asked = named.length === 0 ? Object.hasOwn(usual, name) : named.includes(name)
    if (asked) await section({ long })
  }
}
