/**
 * A bounded cache of what can be made again: the value of a key, from `make` unless it is kept. Of more than `most`, the
 * one that wasn't asked for the longest makes room.
 */
export function lru<K, V>(most: number): (key: K, make: () => V) => V {
  // A map keeps the order in which its keys came.
  const values = new Map<K, V>();
  return (key, make) => {
    const value = values.get(key) ?? make();
    values.delete(key);
    values.set(key, value);
    if (values.size > most) values.delete(values.keys().next().value!);
    return value;
  };
}
