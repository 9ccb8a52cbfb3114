ask_all() {
  ask primary high
  [ -n "$(answer_of primary)" ] || return 0
  ask secondary high
  ask source high
}
