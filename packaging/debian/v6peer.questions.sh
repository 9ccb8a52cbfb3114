ask_all() {
  ask prefix high
  ask bandwidth high
  ask local-exit medium
  ask coordinator high
  if [ -n "$(answer_of coordinator)" ]; then
    ask pin high
    ask abuse high
    ask listed high
  fi
}
