/** What `make` gives: a call that can be marked as pure, whatever it is that it makes. */
export const once = <T>(make: () => T): T => make();
