ask_all() {
  ask coordinator high
  [ -n "$(answer_of coordinator)" ] || return 0
  ask pin high
  ask policy high
  if [ "$(answer_of policy)" = publish ]; then ask publish high; fi
  ask bandwidth high
}
